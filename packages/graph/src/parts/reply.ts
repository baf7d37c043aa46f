import type { Datagram } from '@udpng/basic-peer'
import { Transformer } from '@udpng/flow'
import type { Letter } from '@udpng/peers'

/** Makes each datagram a letter with the same data to where it came from. */
export class Reply extends Transformer<Datagram, Letter> {
  constructor() {
    super(([data, [host, port]]) => [host, port, data])
  }
}
