import { quietly, UdpngError } from './errors.js'
import { Inbox } from './inbox.js'
import { mustBe } from './other-copy.js'
import { Outbox } from './outbox.js'
import { show } from './show.js'

/** A link between one outbox and one inbox. */
export interface Linkage extends Disposable {
  /**
   * Cuts this link, and wakes the sending component, which may be waiting for room.
   * Delivered messages stay. A second call does nothing.
   */
  unlink(): void
}

/**
 * Delivers messages from an outbox to an inbox, from now on. An outbox feeds one inbox; several outboxes may feed the
 * same inbox. A link from or to an ended component is cut at once.
 *
 * @param onCut - called once when the link is cut, by `unlink` or by the end of either
 *   component; if it throws, nothing else is affected
 * @returns the link, to cut it
 * @throws {UdpngError} `BAD_LINK` if an end is not the right kind of box; `BOX_ALREADY_LINKED`
 *   if the outbox is already linked, even to the same inbox
 * @see Axon.Postoffice
 */
export function link<T extends U, U>(from: Outbox<T>, to: Inbox<U>, onCut?: () => void): Linkage {
  if (!(from instanceof Outbox)) throw notA('an outbox', from)
  if (!(to instanceof Inbox)) throw notA('an inbox', to)
  if (from.to)
    throw new UdpngError(
      'BOX_ALREADY_LINKED',
      `cannot link ${from.name} to ${to.name}: it feeds ${from.to.name}; unlink it or use a Splitter`,
      from.place,
    )
  const unlink = (): void => {
    if (from.linkage !== linkage) return
    from.linkage = from.to = undefined
    to.feeders.splice(to.feeders.lastIndexOf(from), 1)
    from.owner?.wake()
    if (onCut) quietly(onCut)
  }
  const linkage: Linkage = { unlink, [Symbol.dispose]: unlink }
  from.linkage = linkage
  from.to = to as never
  to.feeders.push(from)
  if (from.dead || to.dead) unlink()
  return linkage
}

function notA(kind: 'an inbox' | 'an outbox', value: unknown): UdpngError {
  return new UdpngError('BAD_LINK', `cannot link ${show(value)}: ${mustBe(kind, value)}`)
}
