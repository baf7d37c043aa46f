import { link } from '@udpng/core'
import { type InboxModel, ITS_OWN, type OutboxModel } from './box-models.js'
import { Model } from './model.js'
import { tried } from './tried.js'

/** Boxes that do what they are asked to, while a model says what must come of it. */
export class BoxWorld extends Model {
  #messages = 0

  send(out: OutboxModel): void {
    const message = this.#messages++
    const { to, box } = out
    this.note(() => `${box.name} sends ${message} to ${to ? to.box.name : 'no inbox'}`)
    const outcome = to?.put(message)
    const result = tried(() => box.send(message))
    if (outcome === 'refused') {
      if (result !== 'BOX_FULL') throw new Error(`${box.name} is not refused`)
    } else {
      if (to) out.sent++
      else out.discarded++
      if (outcome === 'stored') this.happens((to as InboxModel).owner)
      if (result !== !(to?.holdsUp ?? false)) throw new Error(`send says ${result}`)
    }
    to?.check()
    out.check()
  }

  take(inbox: InboxModel): unknown {
    const waited = inbox.queue.length > 0
    const expected = inbox.queue.shift()
    const message = inbox.box.recv()
    this.note(() => `${inbox.box.name} gives ${String(expected)}`)
    if (message !== expected && expected !== ITS_OWN)
      throw new Error(`${inbox.box.name} gives ${String(message)}, not ${String(expected)}`)
    if (waited) this.#onTaken(inbox)
    inbox.check()
    return message
  }

  takeAll(inbox: InboxModel): void {
    this.note(() => `${inbox.box.name} gives all of its ${inbox.queue.length}`)
    for (const message of inbox.box) {
      const expected = inbox.queue.shift()
      if (message !== expected && expected !== ITS_OWN)
        throw new Error(`${inbox.box.name} gives ${String(message)}, not ${String(expected)}`)
      this.#onTaken(inbox)
    }
    inbox.check()
  }

  #onTaken(inbox: InboxModel): void {
    inbox.taken++
    if (inbox.box.capacity !== Infinity) for (const { owner } of inbox.feeders) this.happens(owner)
  }

  deliver(inbox: InboxModel): void {
    const message = this.#messages++
    this.note(() => `${message} is delivered to ${inbox.box.name}`)
    const outcome = inbox.put(message)
    const result = tried(() => inbox.box.deliver(message))
    if (outcome === 'stored') this.happens(inbox.owner)
    const expected = outcome === 'refused' ? 'BOX_FULL' : !inbox.owner.over && !inbox.holdsUp
    if (result !== expected) throw new Error(`deliver says ${result}, not ${expected}`)
    inbox.check()
  }

  link(out: OutboxModel, inbox: InboxModel): void {
    this.note(() => `${out.box.name} is linked to ${inbox.box.name}`)
    const result = tried(() => {
      out.linkage = link(out.box, inbox.box)
    })
    if (out.to) {
      if (result !== 'BOX_ALREADY_LINKED') throw new Error(`${out.box.name} is linked twice`)
    } else if (out.owner.over || inbox.owner.over) this.happens(out.owner)
    else {
      out.to = inbox
      inbox.feeders.add(out)
    }
    out.check()
  }

  /** Also long after it was cut, or the outbox linked elsewhere: then it does nothing. */
  unlink(out: OutboxModel): void {
    this.note(() => `${out.box.name} is unlinked`)
    out.linkage?.unlink()
    if (out.to) {
      out.to.feeders.delete(out)
      out.to = undefined
      this.happens(out.owner)
    }
    out.check()
  }
}
