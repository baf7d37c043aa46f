import type { Datagram, PeerStats } from '@udpng/basic-peer'
import { Pipeline } from '@udpng/chassis'
import { Transformer } from '@udpng/flow'
import type { Complaints } from './complaints.js'
import { FanOut } from './fan-out.js'
import { dropsOf } from './loss-lines.js'
import { type Losses, lossesOf, sum } from './losses.js'
import type { RelayTargets } from './relay-targets.js'
import { Uplink } from './uplink.js'

type Session = Pipeline<[FanOut, Uplink, Transformer<Datagram, Buffer>]>

/** The sockets of the sources, each with a port of its own: what they sent and received, all together. */
export class Uplinks {
  sent = 0
  received = 0
  readonly #targets: RelayTargets
  readonly #balance: boolean
  readonly #complaints: Complaints
  #opened = 0
  /** Of those that have ended. */
  #lost: Losses = {}
  #foreign = 0
  readonly #open = new Set<Uplink>()
  readonly #ports = new Set<number>()

  constructor(targets: RelayTargets, balance: boolean, complaints: Complaints) {
    this.#targets = targets
    this.#balance = balance
    this.#complaints = complaints
  }

  /** What those that have ended lost, by reason, and what others than the targets sent to all. */
  get lost(): Losses {
    return sum(this.#lost, { foreign: this.#foreign })
  }

  /** What all dropped so far, but for what the kernel dropped at those that are open. */
  get dropped(): Losses {
    return sum(this.lost, ...Array.from(this.#open, ({ soFar }) => dropsOf(soFar)))
  }

  /** Whether one of them is bound to a port. */
  hasPort(port: number): boolean {
    return this.#ports.has(port)
  }

  /** To the targets and back, for one source. */
  open(): Session {
    const { addresses, family, isFrom } = this.#targets
    const turn = this.#opened++ % addresses.length
    const fanOut = new FanOut(this.#balance ? addresses.slice(turn, turn + 1) : addresses)
    const uplink: Uplink = new Uplink({ family, onProducerFinished: 'drain' }, () => {
      this.#open.delete(uplink)
      this.#ports.delete(port)
      this.#add(uplink.stats, fanOut.unsent)
    })
    let port = 0
    uplink.bound.then(
      (address) => {
        if (uplink.ended) return
        port = address[1]
        this.#ports.add(port)
        this.#open.add(uplink)
      },
      () => {}, // its session reports it
    )
    void this.#complaints.listen(uplink.errors)
    return new Pipeline(
      fanOut,
      uplink,
      new Transformer(([data, from]: Datagram) => {
        if (isFrom(from)) return data
        this.#foreign++
        return undefined
      }),
    )
  }

  #add(stats: Readonly<PeerStats>, unsent: number): void {
    this.sent += stats.sent
    this.received += stats.received
    this.#lost = sum(this.#lost, lossesOf(stats), { unsent })
  }
}
