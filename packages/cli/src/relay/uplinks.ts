import { Pipeline } from '@udpng/chassis'
import { FanOut } from '@udpng/flow'
import type { RelayTargets } from './relay-targets.js'
import { Replies } from './replies.js'
import { Uplink } from './uplink.js'

type Session = Pipeline<[FanOut, Uplink, Replies]>

/** Opens the sockets of the clients, each with a port of its own. */
export class Uplinks {
  readonly #targets: RelayTargets
  readonly #balance: boolean
  readonly #exactDrops: boolean
  #opened = 0
  readonly #ports = new Set<number>()

  /** @param exactDrops - an option of each socket */
  constructor(targets: RelayTargets, balance: boolean, exactDrops: boolean) {
    this.#exactDrops = exactDrops
    this.#targets = targets
    this.#balance = balance
  }

  /** Returns whether one of them is bound to a port. */
  hasPort(port: number): boolean {
    return this.#ports.has(port)
  }

  /** Opens the path to the targets and back, for one client. */
  open(): Session {
    const { addresses, family, isFrom } = this.#targets
    const turn = this.#opened++ % addresses.length
    const fanOut = new FanOut({
      targets: this.#balance ? addresses.slice(turn, turn + 1) : addresses,
    })
    const uplink: Uplink = new Uplink(
      { family, onProducerFinished: 'drain', exactDrops: this.#exactDrops },
      () => {
        this.#ports.delete(port)
      },
    )
    let port = 0
    uplink.bound.then(
      (address) => {
        if (uplink.ended) return
        port = address[1]
        this.#ports.add(port)
      },
      () => {}, // its session reports it
    )
    return new Pipeline(fanOut, uplink, new Replies(isFrom))
  }
}
