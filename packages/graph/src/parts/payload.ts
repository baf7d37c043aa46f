import { Transformer } from '@udpng/flow'
import { dataOf, inText } from './data-of.js'

/** Makes of each message what can be sent: of a datagram or a letter the data, of anything else text. */
export class Payload extends Transformer<unknown, string | Uint8Array> {
  constructor() {
    super((message) => dataOf(message) ?? inText(message))
  }
}
