export { type Address, isAddress } from './address.js'
export { AddressSet } from './address-set.js'
export { byteLengthOf, isBytes, isDetached } from './bytes.js'
export { canonicalHost, isSameHost, isSameIp, type ZoneNumber } from './canonical-host.js'
export { type Datagram, isDatagram } from './datagram.js'
export { type DatagramDetails, isDetails, replySource } from './datagram-details.js'
export { formatAddress } from './format-address.js'
export { type Family, formatIp, type IpAddress, parseIp, unmapped } from './ip-address.js'
export { isGroup } from './is-group.js'
export { isPort } from './is-port.js'
export { kindOfHost } from './kind-of-host.js'
export { isLetter, type Letter } from './letter.js'
export { networkOf } from './network-of.js'
export { type Endpoint, parseEndpoint } from './parse-endpoint.js'
export { isPayload, MAX_PAYLOAD_BYTES, type Payload } from './payload.js'
export { payloadOf } from './payload-of.js'
export { type Reach, reachOf } from './reach-of.js'
export { parseSubnet, Subnet } from './subnet.js'
export {
  isUnixPath,
  MAX_UNIX_PATH_BYTES,
  MAX_UNIX_PAYLOAD_BYTES,
  type UnixPath,
  unixPathObjection,
} from './unix-path.js'
