import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Component, type Datagram, Inbox, link, type Main, Scheduler, UDPReceiver } from 'udpng'
import type { Entrant } from './compare.js'
import { compile } from './compile.js'
import { answer, tell, times } from './words.js'
import { type Numbers, Worker } from './worker.js'

/** Who receives, on how many sockets. */
export interface ManyOptions {
  readonly by: 'bare' | 'dgram'
  readonly sockets: number
}

/** Programs that do nothing beside the receiver, as fast as they can. */
const BURNERS = 2
/** They end by themselves after this, whatever becomes of the benchmark. */
const BURN_SECONDS = 600
const BYTES = 64

class Use extends Component {
  readonly inbox: Inbox<Datagram> = new Inbox('Datagrams')
  readonly #onUsed: () => void

  constructor(onUsed: () => void) {
    super()
    this.#onUsed = onUsed
  }

  override *main(): Main {
    for (;;) {
      for (const _ of this.inbox) this.#onUsed()
      if (this.readControl()) return
      yield this.pause()
    }
  }
}

/** The job of a worker: gives its ports, one by one, then how many datagrams its components, or listeners, have had. */
export async function gather({ by, sockets }: ManyOptions): Promise<void> {
  let handled = 0
  const onUsed = (): void => {
    handled++
  }
  const ports = await (by === 'bare' ? bindBare(sockets, onUsed) : bindPeers(sockets, onUsed))
  answer({
    port: ({ number = 0 }) => ({ port: ports[number] ?? 0 }),
    count: () => ({ ...times(), handled }),
  })
  tell({ sockets: ports.length })
}

async function bindBare(count: number, onUsed: () => void): Promise<number[]> {
  const ports: number[] = []
  for (let i = 0; i < count; i++) {
    const socket = createSocket('udp4', onUsed)
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    ports.push(socket.address().port)
  }
  return ports
}

async function bindPeers(count: number, onUsed: () => void): Promise<number[]> {
  const scheduler = new Scheduler()
  const peers = Array.from({ length: count }, () => {
    const peer = new UDPReceiver({ localAddr: '127.0.0.1', transport: 'dgram' })
    const use = new Use(onUsed)
    link(peer.outbox, use.inbox)
    scheduler.activate(use)
    return scheduler.activate(peer)
  })
  void scheduler.run()
  return Promise.all(peers.map(async ({ bound }) => (await bound)[1]))
}

/** Makes a receiver ready for datagrams that come at a rate, while other programs want the processor, too. */
export async function openMany(
  options: ManyOptions,
  rate: number,
  turnMs: number,
): Promise<Entrant> {
  const program = compile('spread')
  if (!program) throw new Error('there is no C compiler')
  const receiver = new Worker('gather', options)
  const { sockets = 0 } = await receiver.next()
  const ports: number[] = []
  for (let number = 0; number < sockets; number++)
    ports.push((await receiver.ask('port', { number }))['port'] as number)
  return {
    measure: () => turn(program, receiver, ports, rate, turnMs),
    close: () => receiver.end(),
  }
}

async function turn(
  program: string,
  receiver: Worker,
  ports: readonly number[],
  rate: number,
  turnMs: number,
): Promise<Numbers> {
  const burners = Array.from({ length: BURNERS }, () =>
    spawn(program, ['burn', `${BURN_SECONDS}`], { stdio: 'ignore' }),
  )
  try {
    const before = await receiver.ask('count')
    const sender = spawn(program, ['send', rate, turnMs, BYTES].map(String))
    sender.stdin.end(ports.join('\n'))
    const sent = await numberFrom(sender)
    // At once: what it had not handled by then, it was behind with.
    const after = await receiver.ask('count')
    const since = (key: string): number => (after[key] ?? 0) - (before[key] ?? 0)
    const numbers = {
      handledPercent: (100 * since('handled')) / sent,
      sentPerSecond: (sent / turnMs) * 1000,
      cpuSecondsPerMillion: (since('cpuMs') / since('handled')) * 1000,
    }
    await settled(receiver)
    return numbers
  } finally {
    for (const burner of burners) burner.kill('SIGKILL')
  }
}

/** Comes back when no more comes, so that the next turn begins with nothing left. */
async function settled(receiver: Worker): Promise<void> {
  for (let last = -1; ; ) {
    const { handled = 0 } = await receiver.ask('count')
    if (handled === last) return
    last = handled
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

async function numberFrom(child: ChildProcess): Promise<number> {
  let text = ''
  child.stdout?.on('data', (chunk) => {
    text += chunk
  })
  await once(child, 'close')
  return Number(text)
}
