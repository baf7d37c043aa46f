import { findNative, type Native, whyNotNative } from '../find-native.js'
import type { Finding } from './finding.js'

/** Checks whether `@udpng/native` works here, and which features of the kernel it can use. */
export function nativeTransport(find: () => Native = findNative): Finding[] {
  const name = '@udpng/native'
  try {
    const { segmentation, coalescing } = find()
    return [
      { name, value: 'serves', verdict: 'fine' },
      offload('GSO', segmentation, 'Linux 4.18: one message for the kernel is many datagrams'),
      offload('GRO', coalescing, 'Linux 5.0: the kernel hands over many datagrams as one'),
    ]
  } catch (error) {
    const why = whyNotNative(error)
    return [
      {
        name,
        value: why,
        verdict: process.platform === 'linux' ? 'low' : 'unknown',
        meaning: 'peers use node:dgram, one system call for each datagram',
        ...(why === 'not installed' && { command: 'npm install @udpng/native' }),
      },
    ]
  }
}

function offload(name: string, on: boolean, since: string): Finding {
  return on
    ? { name, value: 'on', verdict: 'fine' }
    : { name, value: 'off', verdict: 'low', meaning: `this kernel has none; it came with ${since}` }
}
