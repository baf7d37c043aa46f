import { describe, expect, it } from 'vitest'
import { readAddress } from '../src/address-argument.js'

describe('readAddress', () => {
  it.each([
    ['myserver.com:1500', 'myserver.com', 1500],
    ['127.0.0.1:1', '127.0.0.1', 1],
    [':65535', undefined, 65535],
    ['[::1]:1500', '::1', 1500],
    ['[fe80::1%eth0]:1500', 'fe80::1%eth0', 1500],
  ])('EXA-01 %s', (text, host, port) => {
    expect(readAddress('--to', text, 1)).toEqual([host, port])
  })

  it('EXA-01 port 0 is any free one to bind to, and nowhere to send to', () => {
    expect(readAddress('--local', ':0', 0)).toEqual([undefined, 0])
    expect(() => readAddress('--to', ':0', 1)).toThrow('from 1 to 65535')
  })

  it.each([
    '',
    ':',
    'myserver.com',
    'myserver.com:',
    'myserver.com:http',
    'myserver.com:1500 ',
    ' :1500',
    'my server:1500',
    ':-1',
    ':+1',
    ':1e3',
    ':0x10',
    ':65536',
    ':123456',
    ':99999999999999999999',
    '::1:1500',
    '[]:1500',
    '[::1]',
    '[::1]1500',
    '[[::1]]:1500',
    '[myserver.com]:1500',
    '256.1.1.1:1500',
    '127.1:1500',
  ])('EXA-01 refuses %j', (text) => {
    expect(() => readAddress('--to', text, 1)).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringMatching(/^--to .+$/) }),
    )
  })
})
