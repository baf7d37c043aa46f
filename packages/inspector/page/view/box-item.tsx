import type { VNode } from 'preact'
import type { InboxPicture, OutboxPicture } from '../../src/protocol.js'
import { whole } from './format.js'
import { Messages } from './messages.jsx'
import { Meter } from './meter.jsx'

interface BoxItemProps {
  readonly id: string
  readonly field: string
  readonly inbox?: InboxPicture
  readonly outbox?: OutboxPicture
  /** The inbox that it feeds. */
  readonly target: string | undefined
  /** Its component has ended: nothing passes any more. */
  readonly over: boolean
  readonly watched: boolean
  readonly watch: (on: boolean) => void
}

/** One box of a component, its counters, and on demand what passes it. */
export function BoxItem(props: BoxItemProps): VNode {
  const { id, field, inbox, outbox, target, over, watched, watch } = props
  return (
    <li class="box">
      <div class="box-head">
        <span class="box-name">{field}</span>
        {inbox && <Meter inbox={inbox} />}
        {!over && (
          <button
            type="button"
            class="small"
            aria-pressed={watched}
            aria-label={`Show messages of ${field}`}
            onClick={() => watch(!watched)}
          >
            {watched ? 'Stop' : 'Messages'}
          </button>
        )}
      </div>
      <p class="box-doc">{(inbox ?? outbox)?.doc}</p>
      {inbox && (
        <p class="box-counts">
          <Count
            name="waiting"
            value={
              whole(inbox.length) +
              (inbox.capacity === undefined ? '' : ` of ${whole(inbox.capacity)}`)
            }
          />
          <Count name="delivered" value={whole(inbox.delivered)} />
          <Count name="taken" value={whole(inbox.taken)} />
          {inbox.dropped > 0 && <Count name="dropped" value={whole(inbox.dropped)} bad />}
        </p>
      )}
      {outbox && (
        <p class="box-counts">
          <Count name="sent" value={whole(outbox.sent)} />
          {outbox.discarded > 0 && <Count name="unlinked" value={whole(outbox.discarded)} />}
          <span class="box-target">{target === undefined ? 'not linked' : `→ ${target}`}</span>
        </p>
      )}
      {watched && !over && <Messages box={id} />}
    </li>
  )
}

function Count({
  name,
  value,
  bad = false,
}: {
  readonly name: string
  readonly value: string
  readonly bad?: boolean
}): VNode {
  return (
    <span class="count" data-bad={bad}>
      <b>{value}</b> {name}
    </span>
  )
}
