import { isIP } from 'node:net'
import { expectedKind } from './hosts.js'

type Test = (value: unknown) => boolean

const flag: Test = (value) => value === true || value === false
const whole =
  (least: number, most: number): Test =>
  (value) =>
    typeof value === 'number' && value % 1 === 0 && value >= least && value <= most
const word =
  (...words: string[]): Test =>
  (value) =>
    words.some((word) => word === value)
const ms = whole(0, 2 ** 31 - 1)
const bytes = whole(1, 2 ** 31 - 1)

/** What the options of all peers must be, told in another way than the package does. */
const ALL: Readonly<Record<string, Test>> = {
  name: (value) => typeof value === 'string' && value !== '',
  family: (value) => value === 4 || value === 6,
  reuseAddr: flag,
  reusePort: flag,
  ipv6Only: flag,
  sendBufferSize: bytes,
  broadcast: flag,
  ttl: whole(1, 255),
  lookup: (value) => typeof value === 'function',
  lookupTtlMs: ms,
  drainTimeoutMs: ms,
  transport: (value) =>
    word('auto', 'native', 'dgram')(value) ||
    typeof (value as { open?: unknown } | null)?.open === 'function',
}

const RECEIVER: Readonly<Record<string, Test>> = {
  receiverAddr: (value) =>
    typeof value === 'string' && (expectedKind(value) !== undefined || isUnix(value)),
  receiverPort: whole(0, 65_535),
}

const LOCAL: Readonly<Record<string, Test>> = {
  localAddr: (value) =>
    typeof value === 'string' && ((isIP(value) !== 0 && value.length <= 254) || isUnix(value)),
  localPort: whole(0, 65_535),
  onProducerFinished: word('ignore', 'drain'),
  lingerMs: ms,
  recvBufferSize: bytes,
  multicast: (value) => isMulticast(value, MULTICAST),
}

const PEERS: Readonly<Record<string, Readonly<Record<string, Test>>>> = {
  SimplePeer: { ...ALL, ...LOCAL, ...RECEIVER, onlyFromReceiver: flag },
  TargettedPeer: { ...ALL, ...LOCAL, ...RECEIVER, onlyFromReceiver: flag },
  PostboxPeer: { ...ALL, ...LOCAL },
  UDPReceiver: { ...ALL, ...LOCAL },
  UDPSender: {
    ...ALL,
    ...RECEIVER,
    localAddr: LOCAL['localAddr'] as Test,
    localPort: LOCAL['localPort'] as Test,
    multicast: (value) => isMulticast(value, SENDING),
  },
}

const SENDING: Readonly<Record<string, Test>> = {
  interface: (value) => typeof value === 'string',
  ttl: whole(0, 255),
  loopback: flag,
}

const MULTICAST: Readonly<Record<string, Test>> = {
  ...SENDING,
  groups: (value) =>
    Array.isArray(value) && Array.from({ length: value.length }, (_, i) => value[i]).every(isGroup),
}

/** Whether an option of a class of peers, taken by itself, must be refused. */
export function isWrong(of: string, name: string, value: unknown): boolean {
  return !fits(PEERS[of] ?? {}, name, value)
}

function fits(tests: Readonly<Record<string, Test>>, name: string, value: unknown): boolean {
  if (!Object.hasOwn(tests, name)) return false
  try {
    return value === undefined || (tests[name] as Test)(value)
  } catch {
    return false
  }
}

function isMulticast(value: unknown, tests: Readonly<Record<string, Test>>): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).every(([name, one]) => fits(tests, name, one))
}

/** The address of a Unix socket: a path, or @name. */
function isUnix(host: string): boolean {
  const bytes = Buffer.byteLength(host) - (host.startsWith('@') ? 1 : 0)
  return /^[/@][^\0]+$/s.test(host) && bytes <= 107
}

function isGroup(host: unknown): boolean {
  if (typeof host !== 'string' || host.includes('%') || host.length > 254) return false
  const first = isIP(host) === 4 ? Number(host.split('.')[0]) : 0
  return (first >= 224 && first <= 239) || (isIP(host) === 6 && /^ff[0-9a-f]{2}:/i.test(host))
}
