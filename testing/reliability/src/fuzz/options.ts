import { type Decisions, oneOf } from '../random.js'
import { anyRecipe, anyText, numberRecipe, type Recipe } from '../recipe.js'
import { anyHost } from './hosts.js'

/** Options, as they stand in the corpus. */
export interface OptionsInput {
  /** Name of the class. */
  readonly of: string
  readonly options: readonly (readonly [name: string, value: Recipe])[]
}

const text = (text: string): Recipe => ({ text })
const numbers = (...values: number[]): Recipe[] => values.map(numberRecipe)
const FLAGS: readonly Recipe[] = [{ odd: 'true' }, { odd: 'false' }]
const MS = numbers(0, 1, 1000, 0x7fffffff, 0x80000000, -1, 0.5)
const BYTES = numbers(1, 4096, 65_536, 0x7fffffff, 0, -1)
const PORTS = numbers(0, 1, 1500, 65_535, 65_536, -1, 80.5)
const TTLS = numbers(0, 1, 64, 255, 256)

const groups = (...hosts: string[]): Recipe => ({ list: hosts.map(text) })
const MULTICAST: Readonly<Record<string, readonly Recipe[]>> = {
  groups: [
    groups(),
    groups('224.0.0.251'),
    groups('239.1.2.3', '239.1.2.4'),
    groups('ff02::fb'),
    groups('ff02::fb%lo'),
    groups('127.0.0.1'),
    { odd: 'array with holes' },
  ],
  interface: [text('lo'), text('127.0.0.1'), text('::1'), text('')],
  ttl: TTLS,
  loopback: FLAGS,
}

/** For every option of a peer, values that are right, and values that are nearly right. */
const PEERS: Readonly<Record<string, readonly Recipe[]>> = {
  name: ['Left', ''].map(text),
  family: numbers(4, 6, 5, 0),
  reuseAddr: FLAGS,
  reusePort: FLAGS,
  ipv6Only: FLAGS,
  sendBufferSize: BYTES,
  recvBufferSize: BYTES,
  broadcast: FLAGS,
  ttl: TTLS,
  lookup: [{ odd: 'function' }, { odd: 'throwing function' }, { odd: 'class' }],
  lookupTtlMs: MS,
  drainTimeoutMs: MS,
  lingerMs: MS,
  transport: [
    text('auto'),
    text('dgram'),
    text('native'),
    text('none'),
    { odd: 'open that throws' },
  ],
  localAddr: ['127.0.0.1', '0.0.0.0', '::1', '::', 'fe80::1%lo', 'localhost', ''].map(text),
  localPort: PORTS,
  receiverAddr: ['127.0.0.1', '::1', 'name.test', 'fe80::1', '256.1.1.1', ''].map(text),
  receiverPort: PORTS,
  onlyFromReceiver: FLAGS,
  onProducerFinished: ['ignore', 'drain', 'Drain'].map(text),
  multicast: [],
}

/** Every option there is, as `multicast.groups`. */
export const optionNames: readonly string[] = [
  ...Object.keys(PEERS),
  ...Object.keys(MULTICAST).map((name) => `multicast.${name}`),
]

/** A name that no peer has an option of. */
const STRANGE = ['__proto__', 'constructor', 'toString', 'localaddr', 'port', '', '0']

/** A few options of one of these classes, right and wrong ones. */
export function anyOptions(decisions: Decisions, classes: readonly string[]): OptionsInput {
  const names = Object.keys(PEERS)
  const chosen = new Map<string, Recipe>()
  for (let n = decisions.roll(4); n > 0; n--) {
    const name = decisions.roll(30) ? oneOf(decisions, names) : oneOf(decisions, STRANGE)
    chosen.set(name, anyValueOf(decisions, name))
    // Without a port the address alone is wrong.
    if (name === 'receiverAddr' && decisions.roll(4))
      chosen.set('receiverPort', oneOf(decisions, PORTS))
  }
  return { of: oneOf(decisions, classes), options: [...chosen] }
}

function anyValueOf(decisions: Decisions, name: string): Recipe {
  const likely = Object.hasOwn(PEERS, name) ? PEERS[name] : undefined
  if (name === 'multicast' && decisions.roll(8)) return anyMulticast(decisions)
  if (name.endsWith('Addr') && decisions.roll(2)) return { text: anyHost(decisions) }
  if (likely?.length && decisions.roll(4)) return oneOf(decisions, likely)
  return decisions.roll(10) ? anyRecipe(decisions) : { text: anyText(decisions) }
}

function anyMulticast(decisions: Decisions): Recipe {
  const names = Object.keys(MULTICAST)
  const record = Array.from({ length: decisions.roll(4) }, () => {
    const name = decisions.roll(15) ? oneOf(decisions, names) : oneOf(decisions, STRANGE)
    const likely = Object.hasOwn(MULTICAST, name) ? MULTICAST[name] : undefined
    return [
      name,
      likely && decisions.roll(4) ? oneOf(decisions, likely) : anyRecipe(decisions),
    ] as const
  })
  return { record: [...new Map(record)] }
}
