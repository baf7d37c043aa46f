import { inspect } from 'node:util'

const refuse = (): never => {
  throw new Error('hands off')
}

/** Values whose own code throws when they are looked at. */
export function hostile(): unknown[] {
  const revoked = Proxy.revocable([], {})
  revoked.revoke()
  return [
    revoked.proxy,
    new Proxy([1, 2, 3], { get: refuse }),
    { [inspect.custom]: refuse },
    Object.defineProperty({}, Symbol.toStringTag, { get: refuse }),
  ]
}
