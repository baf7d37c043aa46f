export type { DropEvent, FailureEvent } from './announcements.js'
export { type InspectOptions, type Inspector, inspect } from './inspect.js'
export type {
  ComponentPicture,
  ErrorPicture,
  InboxPicture,
  MessagePicture,
  Moment,
  OutboxPicture,
  Picture,
} from './protocol.js'
