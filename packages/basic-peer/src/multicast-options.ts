import {
  badOption,
  checkOptions,
  flag,
  type Kind,
  type Option,
  type OptionTable,
  whole,
} from '@udpng/core/options'
import { type Family, isGroup, kindOfHost } from '@udpng/datagram'
import type {
  ChangeableOptions,
  Membership,
  MulticastOptions,
  SendingMulticastOptions,
} from './transport.js'

export const BROADCAST: Option = { kind: flag, default: false }
export const DSCP: Option = { kind: whole, max: 63, default: 0 }
export const ECN: Option = { kind: whole, max: 3, default: 0 }
export const DONT_FRAGMENT: Option = { kind: flag, default: false }
export const TTL: Option = { kind: whole, min: 1, max: 255 }

const INTERFACE: Option = {
  kind: {
    accepts: (value) => typeof value === 'string',
    must: () => 'the name or an address of an interface',
  },
}
const MULTICAST_TTL: Option = { kind: whole, min: 0, max: 255, default: 1 }
const LOOPBACK: Option = { kind: flag, default: true }

export const SENDING_MULTICAST: OptionTable<SendingMulticastOptions> = {
  interface: INTERFACE,
  ttl: MULTICAST_TTL,
  loopback: LOOPBACK,
}

const MEMBERSHIP: OptionTable<Membership> = {
  group: {
    kind: { accepts: isGroup, must: () => 'a multicast address (224.0.0.0/4, ff00::/8)' },
    required: true,
  },
  interface: INTERFACE,
  source: {
    kind: {
      accepts: (value) => Boolean(kindOfHost(value)) && !isGroup(value),
      must: () => 'a unicast IP address',
    },
  },
  wait: { kind: flag, default: false },
}

export const MULTICAST: OptionTable<MulticastOptions> = {
  groups: {
    kind: {
      // `every` would not see holes
      accepts: (value) =>
        Array.isArray(value) &&
        value.findIndex((group) => !isGroup(group) && Object(group) !== group) < 0,
      must: () => 'a list of multicast addresses (224.0.0.0/4, ff00::/8) or memberships',
    },
    items: MEMBERSHIP,
  },
  interface: INTERFACE,
  ttl: MULTICAST_TTL,
  loopback: LOOPBACK,
}

/** Objects. A value that throws when it is inspected is refused. */
export const readable: Kind = {
  accepts: (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && isReadable(value),
  must: () => 'an object',
}

/** Throws if a getter or a proxy trap of the object throws. */
function isReadable(value: object): boolean {
  return Object.keys({ ...value }).length >= 0
}

/** Options that an open socket can change. */
const CHANGEABLE: OptionTable<ChangeableOptions> = {
  broadcast: BROADCAST,
  ttl: TTL,
  dscp: DSCP,
  ecn: ECN,
  dontFragment: DONT_FRAGMENT,
  multicast: { kind: readable, options: SENDING_MULTICAST },
}

/**
 * Checks a membership, or a group.
 *
 * @throws {UdpngError} `BAD_OPTION`
 */
export function membership(
  attempt: string,
  given: string | Membership,
  family?: Family,
): Membership {
  const checked = checkOptions(
    attempt,
    MEMBERSHIP,
    typeof given === 'string' ? { group: given } : given,
  )
  for (const name of ['group', 'source'] as const)
    if (family !== undefined && (kindOfHost(checked[name]) || family) !== family)
      throw badOption(
        attempt,
        name,
        checked[name],
        `an IPv${family} address, because the socket is IPv${family}`,
      )
  return checked
}

/**
 * Checks options that an open socket can change.
 *
 * @throws {UdpngError} `BAD_OPTION`
 */
export function changeable(attempt: string, options: ChangeableOptions): ChangeableOptions {
  return checkOptions(attempt, CHANGEABLE, options)
}
