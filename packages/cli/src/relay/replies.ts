import type { Counts } from '@udpng/core'
import type { Address, Datagram } from '@udpng/datagram'
import { Transformer } from '@udpng/flow'

/** Passes on the data of datagrams from a target of a relay; others are dropped and counted as `foreign`. */
export class Replies extends Transformer<Datagram, Buffer> {
  /** @param isFrom - whether an address is a target's */
  constructor(isFrom: (address: Address) => boolean) {
    super(([data, from]) => (isFrom(from) ? data : undefined))
  }

  protected override accounting(): Counts {
    return { dropped: { foreign: this.filtered, transformFailed: this.failed } }
  }
}
