import { findNative, type Native, whyNotNative } from '../find-native.js'
import type { Finding } from './finding.js'

/** Checks whether `@udpng/native` works here, and which features of the kernel it can use. */
export function nativeTransport(find: () => Native = findNative): Finding[] {
  const name = '@udpng/native'
  try {
    const { segmentation, coalescing } = find()
    return [
      { name, value: 'available', verdict: 'fine' },
      offload(
        'GSO',
        segmentation,
        'split one message into many datagrams, as Linux 4.18 and later do',
      ),
      offload('GRO', coalescing, 'merge datagrams for one read, as Linux 5.0 and later do'),
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

function offload(name: string, on: boolean, task: string): Finding {
  return on
    ? { name, value: 'on', verdict: 'fine' }
    : { name, value: 'off', verdict: 'low', meaning: `this kernel does not ${task}` }
}
