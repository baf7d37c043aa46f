import { inText, payloadOf } from './payload-of.js'
import { Transformer } from './transformer.js'

/** Makes of each message what can be sent: of a datagram or a letter the data, of anything else text. */
export class ToPayload extends Transformer<unknown, string | Uint8Array> {
  constructor() {
    super((message) => payloadOf(message) ?? inText(message))
  }
}
