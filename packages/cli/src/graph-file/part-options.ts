import { z } from 'zod'

type Shape = Readonly<Record<string, z.ZodType>>

const flag = () => z.boolean().optional()
const ms = () => z.int().min(0).max(0x7fffffff).optional()
const bytes = () => z.int().min(1).max(0x7fffffff).optional()
const port = () => z.int().min(0).max(65535).optional()
const share = () => z.number().min(0).max(1).optional()
const positive = () => z.number().min(0).optional()

/** Options of every peer. */
export function peerOptions(): Shape {
  return {
    family: z.union([z.literal(4), z.literal(6)]).optional(),
    reuseAddr: flag(),
    reusePort: flag(),
    ipv6Only: flag(),
    sendBufferSize: bytes(),
    broadcast: flag(),
    ttl: z.int().min(1).max(255).optional(),
    lookupTtlMs: ms(),
    drainTimeoutMs: ms(),
    transport: z.enum(['auto', 'native', 'dgram']).optional(),
  }
}

/** Options of peers that receive, the common ones with them. */
export function localOptions(): Shape {
  return {
    ...peerOptions(),
    localAddr: z.string().optional(),
    localPort: port(),
    onProducerFinished: z.enum(['ignore', 'drain']).optional(),
    lingerMs: ms(),
    recvBufferSize: bytes(),
    multicast: z
      .strictObject({
        groups: z.array(z.string()).optional(),
        interface: z.string().optional(),
        ttl: z.int().min(0).max(255).optional(),
        loopback: flag(),
      })
      .optional(),
  }
}

/** Options of peers with one destination. */
export function receiverOptions(): Shape {
  return { receiverAddr: z.string().optional(), receiverPort: port() }
}

/** Options of an Impair. */
export function impairOptions(): Shape {
  return {
    delayMs: positive(),
    jitterMs: positive(),
    distribution: z.enum(['uniform', 'normal']).optional(),
    loss: share(),
    duplicate: share(),
    reorder: share(),
    corrupt: share(),
    truncate: share(),
    rate: z.number().positive().optional(),
    queueBytes: positive(),
    mtu: z.int().min(68).optional(),
    blocked: flag(),
    seed: z.int().optional(),
    limit: z.int().min(1).optional(),
  }
}
