import { z } from 'zod'
import type { Shapes } from './define.js'
import { bytes, flag, milliseconds, oneOf, text, whole } from './option-shapes.js'

/** Options that all peers have. `lookup` and custom transports are not data: only programs can give them. */
export function commonOptions(): Shapes {
  return {
    family: oneOf(4, 6)
      .optional()
      .describe('IPv4 or IPv6 (default: that of the addresses, otherwise 4)'),
    sendBufferSize: bytes().optional().describe("size of the kernel's send buffer, bytes"),
    lookupTtlMs: milliseconds().optional().describe('TTL of a name look-up, ms (default 30000)'),
    drainTimeoutMs: milliseconds()
      .optional()
      .describe('deadline for sending queued messages at the end, ms (default 5000)'),
    reuseAddr: flag()
      .optional()
      .describe('let other sockets bind to the same address (default false)'),
    reusePort: flag().optional().describe('share the port with other sockets (default false)'),
    ipv6Only: flag().optional().describe('disable IPv4 on an IPv6 socket (default false)'),
    broadcast: flag().optional().describe('allow sending to broadcast addresses (default false)'),
    ttl: whole(1, 255)
      .optional()
      .describe('TTL of datagrams: the number of routers they may cross, 1-255'),
    dscp: whole(0, 63)
      .optional()
      .describe('DSCP of datagrams, 0-63, with transport native (default 0)'),
    ecn: whole(0, 3)
      .optional()
      .describe('ECN bits of datagrams, 0-3, with transport native (default 0)'),
    dontFragment: flag()
      .optional()
      .describe('never fragment datagrams, with transport native (default false)'),
    transport: oneOf('auto', 'native', 'dgram')
      .optional()
      .describe('transport of the socket (default auto: the fastest available)'),
  }
}

/** Options of peers that only send. */
export function sourceOptions(): Shapes {
  return {
    localAddr: text('an IP address')
      .optional()
      .describe(
        'the IP address, or path of a Unix socket, to send from (default: the system chooses)',
      ),
    localPort: whole(0, 65535)
      .optional()
      .describe('the port to send from, 0-65535 (default 0: any free one)'),
    fd: descriptor(),
    multicast: sendingMulticast().optional().describe('options for sending to multicast groups'),
  }
}

/** Options of peers that receive. */
export function localOptions(): Shapes {
  return {
    localAddr: text('an IP address')
      .optional()
      .describe(
        'the IP address, or path of a Unix socket, to listen on (default 0.0.0.0, or :: on IPv6: all addresses of this machine)',
      ),
    localPort: whole(0, 65535)
      .optional()
      .describe('the port to listen on, 0-65535 (default 0: any free one)'),
    fd: descriptor(),
    details: flag()
      .optional()
      .describe(
        'emit each datagram with the address it was sent to, its time and more, with transport native (default false)',
      ),
    onProducerFinished: oneOf('ignore', 'drain')
      .optional()
      .describe(
        'on producerFinished: send queued messages and end (drain, the default), or continue (ignore)',
      ),
    lingerMs: milliseconds()
      .optional()
      .describe('after the drain, time to keep receiving, ms (default 0)'),
    recvBufferSize: bytes().optional().describe("size of the kernel's receive buffer, bytes"),
    exactDrops: flag()
      .optional()
      .describe(
        'count kernel drops exactly; datagrams are then read without coalescing, which is slower (default false)',
      ),
    multicast: multicast()
      .optional()
      .describe('multicast groups to join, and options for sending to groups'),
  }
}

/** Options of peers that send. */
export function queueOptions(): Shapes {
  return {
    capacity: whole(1, 0x7fffffff)
      .optional()
      .describe('number of messages at which the inbox is full (default 1024)'),
    whenFull: oneOf('accept', 'throw', 'dropNewest', 'dropOldest')
      .optional()
      .describe('the policy for a message to a full inbox (default accept: senders wait)'),
  }
}

/** Options of peers with one destination. */
export function receiverOptions(): Shapes {
  return {
    receiverAddr: text('a host name or IP address')
      .optional()
      .describe('the host to send to, by name or IP address, or the path of a Unix socket'),
    receiverPort: whole(0, 65535)
      .optional()
      .describe('the port to send to, 1-65535; none for a Unix socket'),
  }
}

/** Options of peers that receive and have one destination. */
export function twoWayOptions(): Shapes {
  return {
    onlyFromReceiver: flag()
      .optional()
      .describe('drop datagrams from addresses other than the receiver (default false)'),
  }
}

/** The option of peers whose one destination never changes. */
export function connectedOptions(): Shapes {
  return {
    connected: flag()
      .optional()
      .describe('connect the socket to the receiver: receive only from it (default false)'),
  }
}

function descriptor(): z.ZodType {
  return whole(0, 0x7fffffff)
    .optional()
    .describe('open descriptor of a bound UDP socket to take over instead of binding')
}

function multicast(): z.ZodObject {
  const group = text('a multicast address')
  const groups = z
    .array(z.union([group, membership()], { error: MEMBERSHIP }), {
      error: 'a list of multicast addresses',
    })
    .optional()
    .describe('multicast addresses to join, or maps with group, interface, source, wait')
  return z.strictObject(
    { groups, ...sendingShapes() },
    { error: 'a map with groups, interface, ttl, loopback' },
  )
}

const MEMBERSHIP = 'a multicast address, or a map with group, interface, source, wait'

function membership(): z.ZodObject {
  return z.strictObject(
    {
      group: text('a multicast address').describe('the multicast address'),
      interface: text('the name or an address of an interface')
        .optional()
        .describe('the interface to join on, by name or address (default: multicast.interface)'),
      source: text('an IP address')
        .optional()
        .describe('receive only what this host sends to the group (default: all senders)'),
      wait: flag()
        .optional()
        .describe('wait for an interface that does not exist yet (default false)'),
    },
    { error: MEMBERSHIP },
  )
}

function sendingMulticast(): z.ZodObject {
  return z.strictObject(sendingShapes(), { error: 'a map with interface, ttl, loopback' })
}

function sendingShapes(): Shapes {
  return {
    interface: text('the name or an address of an interface')
      .optional()
      .describe('the interface for multicast, by name or address'),
    ttl: whole(0, 255)
      .optional()
      .describe(
        'TTL of multicast datagrams: the number of routers they may cross, 0-255 (default 1)',
      ),
    loopback: flag()
      .optional()
      .describe('whether this host also receives its own multicast datagrams (default true)'),
  }
}
