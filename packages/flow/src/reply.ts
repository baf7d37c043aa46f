import { Transformer } from './transformer.js'

/** A datagram as peers emit it. */
type Datagram = readonly [data: Buffer, from: readonly [host: string, port: number]]
/** A letter as a PostboxPeer sends it. */
type Letter = readonly [host: string, port: number, data: Buffer]

/** Makes each datagram a letter with the same data to where it came from. */
export class Reply extends Transformer<Datagram, Letter> {
  constructor() {
    super(([data, [host, port]]) => [host, port, data])
  }
}
