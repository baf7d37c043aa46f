import type { TransportChoice } from '@udpng/basic-peer'
import { eventually } from 'test-support'
import { Traffic } from '../traffic.js'

/** What a program reports about the faults that it went through. */
export interface Outcome {
  /** How long it took after each fault until all worked again. */
  readonly recoveryMs: readonly number[]
  /** What was not as it must be. */
  readonly wrong: readonly string[]
}

/** Takes the time until two new peers work: ten datagrams arrive. */
export async function worksAfterMs(transport: TransportChoice, localPort = 0): Promise<number> {
  const begin = performance.now()
  const traffic = await Traffic.begin(transport, { localPort })
  for (let i = 0; i < 10; i++) traffic.sender.inbox.deliver(Buffer.from(`${i}`))
  await eventually(() => traffic.got.length === 10, 'ten datagrams')
  const took = performance.now() - begin
  await traffic.end()
  return took
}

/** A flow that goes on while others meet their faults. */
export class Steady {
  readonly #traffic: Traffic
  #put = 0

  private constructor(traffic: Traffic) {
    this.#traffic = traffic
  }

  static async begin(transport: TransportChoice): Promise<Steady> {
    return new Steady(await Traffic.begin(transport, { capacity: Infinity }))
  }

  /** Sends `count`, and waits until all have come. */
  async send(count: number): Promise<void> {
    const { sender, got } = this.#traffic
    this.#put += count
    for (let i = 0; i < count; i++) sender.inbox.deliver(Buffer.from(`${i}`))
    await eventually(
      () => got.delivered === this.#put,
      () => `that ${this.#put} have come, not ${got.delivered},`,
    )
  }

  end(): Promise<void> {
    return this.#traffic.end()
  }
}
