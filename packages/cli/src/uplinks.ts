import type { Datagram, PeerStats } from '@udpng/basic-peer'
import { Pipeline } from '@udpng/chassis'
import { Transformer } from '@udpng/flow'
import type { Complaints } from './complaints.js'
import { FanOut } from './fan-out.js'
import { type Losses, lossesOf, sum } from './losses.js'
import type { RelayTargets } from './relay-targets.js'
import { Uplink } from './uplink.js'

type Session = Pipeline<[FanOut, Uplink, Transformer<Datagram, Buffer>]>

/** The sockets of the sources, each with a port of its own: what they sent and received, all together. */
export class Uplinks {
  sent = 0
  received = 0
  lost: Losses = {}
  readonly #targets: RelayTargets
  readonly #balance: boolean
  readonly #complaints: Complaints
  #opened = 0

  constructor(targets: RelayTargets, balance: boolean, complaints: Complaints) {
    this.#targets = targets
    this.#balance = balance
    this.#complaints = complaints
  }

  /** To the targets and back, for one source. */
  open(): Session {
    const { addresses, family, isFrom } = this.#targets
    const turn = this.#opened++ % addresses.length
    const fanOut = new FanOut(this.#balance ? addresses.slice(turn, turn + 1) : addresses)
    const uplink = new Uplink({ family, onProducerFinished: 'drain' }, (stats) =>
      this.#add(stats, fanOut.unsent),
    )
    void this.#complaints.listen(uplink.errors)
    return new Pipeline(
      fanOut,
      uplink,
      new Transformer(([data, from]: Datagram) => {
        if (isFrom(from)) return data
        this.lost = sum(this.lost, { foreign: 1 })
        return undefined
      }),
    )
  }

  #add(stats: Readonly<PeerStats>, unsent: number): void {
    this.sent += stats.sent
    this.received += stats.received
    this.lost = sum(this.lost, lossesOf(stats), { unsent })
  }
}
