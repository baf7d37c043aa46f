export type { Account } from './account.js'
export { Box, type Role } from './box.js'
export { type Clock, systemClock } from './clock.js'
export { Component } from './component.js'
export {
  type Control,
  type ProducerFinished,
  producerFinished,
  type ShutdownMicroprocess,
  shutdownMicroprocess,
} from './control.js'
export type { Bounds, Counts } from './counts.js'
export { ErrorOutbox } from './error-outbox.js'
export type { ErrorReport } from './error-reports.js'
export { type ErrorCode, type ErrorDetails, UdpngError } from './errors.js'
export { type Feed, feed } from './feed.js'
export { Inbox, type InboxOptions, type WhenFull } from './inbox.js'
export { type Linkage, link } from './linkage.js'
export { messages } from './messages.js'
export type { Main } from './microprocess.js'
export { Outbox, type OutboxOptions } from './outbox.js'
export { Scheduler } from './scheduler.js'
export type { SchedulerEvent } from './scheduler-event.js'
export type { RunOptions, SchedulerOptions } from './scheduler-options.js'
export type {
  ComponentSnapshot,
  InboxSnapshot,
  OutboxSnapshot,
  Snapshot,
} from './snapshot.js'
