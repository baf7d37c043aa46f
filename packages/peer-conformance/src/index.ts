export { describeAddresses } from './addresses.js'
export { describeBinding } from './binding.js'
export { describeCounters } from './counters.js'
export { describeCycles } from './cycles.js'
export { describeDatagrams } from './datagrams.js'
export { describeFlow } from './flow.js'
export { HandLookup } from './hand-lookup.js'
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
} from './kinds.js'

export { describeLongRuns } from './long-runs.js'
export { describeMulticast, type MulticastInterface } from './multicast.js'
export { describeNames } from './names.js'
export { runInNamespace } from './namespace.js'
export { openSocket, readAll } from './open-socket.js'
export { describeUDPSender } from './peers.js'
export { describeProcesses } from './processes.js'
export { quiet } from './quiet.js'
export { loopback, numbered, Rig, Subject, sum } from './rig.js'
export { type Fate, ScriptedSocket, ScriptedTransport, systemError } from './scripted-transport.js'
export { describeShutdown } from './shutdown.js'
export { Source } from './source.js'
export { describeAllPeers, describeCable, describeSockets } from './suites.js'
export type { Supports } from './supports.js'
export { describeUnroutable } from './unroutable.js'
export { expectWithin } from './within.js'
