import { expect, it } from 'vitest'
import { npmOfNpx } from '../src/locate-with-npm.js'

const npm = '/usr/lib/node_modules/npm/bin/npm-cli.js'
const npx = { npm_execpath: npm, npm_lifecycle_event: 'npx', npm_lifecycle_script: "'udpng'" }

it.each([
  ['npx udpng', npx, npm],
  ['npx --yes udpng', { ...npx, npm_config_yes: 'true' }, npm],
  ['npx --no udpng', { ...npx, npm_config_yes: '' }, undefined],
  ['npx vitest', { ...npx, npm_lifecycle_script: "'vitest'" }, undefined],
  ['npm run relay', { ...npx, npm_lifecycle_event: 'relay' }, undefined],
  ['pnpm dlx udpng', { ...npx, npm_execpath: '/usr/lib/pnpm/bin/pnpm.cjs' }, undefined],
  ['a shell', {}, undefined],
])('GFL-09 started by %s', (_, env, expected) => {
  expect(npmOfNpx(env)).toBe(expected)
})
