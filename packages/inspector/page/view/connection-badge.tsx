import type { VNode } from 'preact'
import type { Connection } from '../model/live-system.js'
import { timeOfDay } from './format.js'

const WORDS: Readonly<Record<Connection, string>> = {
  connecting: 'connecting',
  live: 'live',
  reconnecting: 'reconnecting',
  refused: 'refused',
  ended: 'ended',
}

/** Whether what is shown is what is. */
export function ConnectionBadge({
  connection,
  time,
}: {
  readonly connection: Connection
  readonly time: number | undefined
}): VNode {
  const stale = connection === 'reconnecting' || connection === 'refused'
  return (
    <span class="connection" data-connection={connection}>
      <span class="connection-dot" />
      {WORDS[connection]}
      {stale && time !== undefined && <span>, as of {timeOfDay(time)}</span>}
    </span>
  )
}
