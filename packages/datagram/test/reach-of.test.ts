import { parseIp, reachOf } from '@udpng/datagram'
import { expect, it } from 'vitest'

it.each([
  ['unspecified', ['0.0.0.0', '::', '::ffff:0.0.0.0']],
  ['loopback', ['127.0.0.1', '127.255.255.255', '::1', '::ffff:127.0.0.1', '0:0:0:0:0:0:0:1']],
  ['linkLocal', ['169.254.0.1', 'fe80::1', 'FEBF::1', '::ffff:169.254.0.1']],
  ['multicast', ['224.0.0.1', '239.255.255.255', 'ff02::1', 'FF00::', '::ffff:224.0.0.1']],
  ['broadcast', ['255.255.255.255', '::ffff:255.255.255.255']],
  [
    'unicast',
    ...[
      ['192.0.2.1', '0.0.0.1', '126.0.0.1', '128.0.0.1', '169.253.0.1', '223.0.0.1', '240.0.0.1'],
    ],
  ],
  ['unicast', ['::2', '1::1', '::1:1', 'fec0::1', 'fe7f::1', 'fd00::1', '2001:db8::1']],
] as const)('DGM-09 %s: %s', (reach, hosts) => {
  for (const host of hosts)
    expect([host, reachOf(parseIp(host) ?? expect.fail(host))]).toEqual([host, reach])
})
