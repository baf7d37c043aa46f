export { Endpoint, type EndpointOptions } from './rig/endpoint.js'
export { HandLookup } from './rig/hand-lookup.js'
export {
  aimed,
  type Kind,
  kinds,
  postboxPeer,
  receivers,
  senders,
  simplePeer,
  targettedPeer,
  udpReceiver,
  udpSender,
} from './rig/kinds.js'
export { type Opened, openSocket, readAll } from './rig/open-socket.js'
export { quiet } from './rig/quiet.js'
export { KindSubject, loopback, numbered, Rig, Subject, sum, type Wiring } from './rig/rig.js'
export {
  type Fate,
  ScriptedSocket,
  ScriptedTransport,
  systemError,
} from './rig/scripted-transport.js'
export { Source } from './rig/source.js'
export { WatchedSocket, WatchedTransport } from './rig/watched-transport.js'
export { expectWithin } from './rig/within.js'
