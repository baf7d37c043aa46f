export { type Addressed, BasicPeer } from './basic-peer.js'
export { exactly, sumOfBounds } from './bounds.js'
export type { TransportChoice } from './choose-transport.js'
export { debug } from './debug.js'
export { detachedError } from './detached-error.js'
export { dgramTransport, sendingDgramTransport } from './dgram-transport.js'
export { InterfaceWatch } from './interface-watch.js'
export { type JoinedInterface, type MembershipSystem, Memberships } from './memberships.js'
export type { Lookup, Objection, Resolution } from './names.js'
export { findInterface, type NetworkInterface } from './network-interface.js'
export { portObjection } from './objection-to.js'
export { CONNECTED, LOCAL, QUEUE, RECEIVER, SOURCE, TWO_WAY } from './options.js'
export type {
  CompleteReceiver,
  ConnectedOptions,
  LocalOptions,
  PeerOptions,
  QueueOptions,
  ReceiverOptions,
  SourceOptions,
  TwoWayOptions,
} from './peer-options.js'
export { ReceivingPeer } from './receiving-peer.js'
export { type Notice, Selector, type SelectorRequest } from './selector.js'
export { type Bounds, noStats, type PeerStats } from './stats.js'
export type {
  Capability,
  ChangeableOptions,
  DatagramSocket,
  DatagramTransport,
  Membership,
  MulticastOptions,
  OpenOptions,
  Parcel,
  Readiness,
  Selectable,
  SendingMulticastOptions,
  SocketOptions,
  UnixOpenOptions,
} from './transport.js'
export { zoneNumber } from './zones.js'
