import { describe, expect, it } from 'vitest'
import { impairments } from '../src/options/impairment.js'

describe('EXC-06 --impair', () => {
  it('reads each condition with its unit', () => {
    expect(
      impairments(
        'loss 2.5% duplicate 1%, reorder 100% corrupt 0% truncate .5% delay 40ms jitter 0.5s rate 1.5mbit mtu 1280 seed 7',
      ),
    ).toEqual({
      loss: 0.025,
      duplicate: 0.01,
      reorder: 1,
      corrupt: 0,
      truncate: 0.005,
      delayMs: 40,
      jitterMs: 500,
      rate: 1_500_000,
      mtu: 1280,
      seed: 7,
    })
    expect(impairments('rate 64kbit').rate).toBe(64_000)
    expect(impairments('')).toEqual({})
  })

  it.each([
    ['lose 5%', /"lose" is unknown; it may have loss, duplicate,/],
    ['constructor 5%', /"constructor" is unknown/],
    ['loss', /loss needs a value/],
    ['loss 5', /loss 5: It must be a percentage/],
    ['loss 101%', /percentage/],
    ['delay 40', /delay 40: It must be a duration/],
    ['rate 1MB', /bits per second/],
    ['rate 0bit', /bits per second/],
    ['mtu 20', /from 68 to 65535/],
    ['seed -1', /whole number/],
  ])('refuses %j', (text, message) => {
    expect(() => impairments(text)).toThrow(message)
  })
})
