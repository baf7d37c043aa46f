import { Component, Inbox, Outbox, UdpngError } from '@udpng/core'

/** Sends each number that many times bigger. */
export class Times extends Component {
  inbox = new Inbox('Numbers')
  outbox = new Outbox('Bigger numbers')
  #factor

  constructor({ factor = 2 } = {}) {
    super()
    if (typeof factor !== 'number')
      throw new UdpngError('BAD_OPTION', `factor is ${factor}; it must be a number`)
    if (factor === 13) throw new TypeError('that is unlucky')
    this.#factor = factor
  }

  *main() {
    for (;;) {
      const word = this.readControl()
      for (const number of this.inbox) this.outbox.send(number * this.#factor)
      if (word) return
      yield this.pause()
    }
  }
}

export class Base {}
export const nothing = undefined
export default Times
