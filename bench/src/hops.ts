import { EventEmitter } from 'node:events'
import { Readable, Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Component, DataSource, Inbox, type Main, Outbox, Pipeline, Transformer } from 'udpng'
import type { Entrant } from './compare.js'
import { answer, tell, times } from './words.js'
import { type Numbers, Worker } from './worker.js'

/** Carries the numbers below `count` through three stages (make, double, add up) and gives their sum. */
type Carry = (count: number) => Promise<number>

function* numbers(count: number): Generator<number, void, void> {
  for (let i = 0; i < count; i++) yield i
}

const double = (n: number): number => n * 2

class Sum extends Component {
  readonly inbox: Inbox<number> = new Inbox('Numbers')
  sum = 0

  override *main(): Main {
    for (;;) {
      for (const n of this.inbox) this.sum += n
      if (this.readControl()) return
      yield this.pause()
    }
  }
}

/** The parts that udpng brings. */
async function parts(count: number): Promise<number> {
  const sum = new Sum()
  await new Pipeline(new DataSource(numbers(count)), new Transformer(double), sum).run()
  return sum.sum
}

class Count extends Component {
  readonly outbox: Outbox<number> = new Outbox('Numbers')
  readonly #count: number

  constructor(count: number) {
    super()
    this.#count = count
  }

  override *main(): Main {
    for (let i = 0; i < this.#count; i++)
      if (!this.outbox.send(i)) while (this.outbox.full) yield this.pause()
  }
}

class Double extends Component {
  readonly inbox: Inbox<number> = new Inbox('Numbers')
  readonly outbox: Outbox<number> = new Outbox('Their doubles')

  override *main(): Main {
    let finishing = false
    for (;;) {
      while (this.inbox.ready && !this.outbox.full)
        this.outbox.send(double(this.inbox.recv() as number))
      finishing ||= this.readControl() !== undefined
      if (finishing && !this.inbox.ready) return
      yield this.pause()
    }
  }
}

/** Components written by hand. */
async function components(count: number): Promise<number> {
  const sum = new Sum()
  await new Pipeline(new Count(count), new Double(), sum).run()
  return sum.sum
}

/** Streams of objects as the documentation of Node.js writes them. */
function streams(highWaterMark: number): Carry {
  return async (count) => {
    const options = { objectMode: true, highWaterMark }
    let next = 0
    let sum = 0
    await pipeline(
      new Readable({
        ...options,
        read() {
          this.push(next < count ? next++ : null)
        },
      }),
      new Transform({
        ...options,
        transform(n: number, _encoding, done) {
          done(null, double(n))
        },
      }),
      new Writable({
        ...options,
        write(n: number, _encoding, done) {
          sum += n
          done()
        },
      }),
    )
    return sum
  }
}

async function asyncGenerators(count: number): Promise<number> {
  async function* make(): AsyncGenerator<number, void, void> {
    for (let i = 0; i < count; i++) yield i
  }
  async function* doubled(source: AsyncIterable<number>): AsyncGenerator<number, void, void> {
    for await (const n of source) yield double(n)
  }
  let sum = 0
  for await (const n of doubled(make())) sum += n
  return sum
}

/** No queue, no backpressure, no turn for others: the minimum cost of a hop. */
async function emitters(count: number): Promise<number> {
  const first = new EventEmitter()
  const second = new EventEmitter()
  let sum = 0
  first.on('message', (n: number) => second.emit('message', double(n)))
  second.on('message', (n: number) => {
    sum += n
  })
  for (let i = 0; i < count; i++) first.emit('message', i)
  return sum
}

/** What is compared, by name. */
export const CARRIERS = {
  components,
  'components that udpng brings': parts,
  'object streams': streams(16), // as many as Node.js takes by itself
  'object streams, highWaterMark 1024': streams(1024), // as many as our inboxes
  'async generators': asyncGenerators,
  'event emitters, no queue': emitters,
} as const satisfies Readonly<Record<string, Carry>>

export type Carrier = keyof typeof CARRIERS

/** The options of the job. */
export interface CarryOptions {
  readonly by: Carrier
  /** Messages from one start to the end: started again and again, so that all its code is warm. */
  readonly count: number
  readonly turnMs: number
}

/** A process that carries messages for a turn whenever it is asked. */
export async function openCarrier(options: CarryOptions): Promise<Entrant> {
  const worker = new Worker('carry', options)
  await worker.next()
  return { measure: () => worker.ask('turn'), close: () => worker.end() }
}

/** The job of a worker. */
export function carry(options: CarryOptions): void {
  answer({ turn: () => turn(options) })
  tell({})
}

async function turn({ by, count, turnMs }: CarryOptions): Promise<Numbers> {
  const carrier: Carry = CARRIERS[by]
  const before = times()
  let after = before
  let carried = 0
  while (after.nowMs - before.nowMs < turnMs) {
    const sum = await carrier(count)
    if (sum !== count * (count - 1)) throw new Error(`${by} lost messages: the sum is ${sum}`)
    carried += count
    after = times()
  }
  return {
    messagesPerSecond: (carried / (after.nowMs - before.nowMs)) * 1000,
    cpuSecondsPerMillion: ((after.cpuMs - before.cpuMs) / carried) * 1000,
  }
}
