export type { DropEvent, FailureEvent } from './announcements.js'
export { type InspectOptions, type Inspector, inspect } from './inspect.js'
export type {
  AccountPicture,
  BoundsPicture,
  ComponentPicture,
  DatagramCounts,
  ErrorPicture,
  InboxPicture,
  MessagePicture,
  Moment,
  OutboxPicture,
  Picture,
} from './protocol.js'
