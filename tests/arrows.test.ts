import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript-5.9'
import { describe, expect, test } from 'vitest'
import { bundle } from './bundle.js'
import { circles } from './circles.js'
import { everyPackage, files, here, packages, root, run } from './workspace.js'

/** Which package may use which. An arrow that is not here does not exist. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  '@udpng/core': [],
  '@udpng/datagram': [],
  '@udpng/basic-peer': ['@udpng/core', '@udpng/datagram'],
  '@udpng/peers': ['@udpng/basic-peer', '@udpng/core', '@udpng/datagram'],
  '@udpng/chassis': ['@udpng/core', '@udpng/datagram'],
  '@udpng/console': ['@udpng/core', '@udpng/datagram'],
  '@udpng/flow': ['@udpng/console', '@udpng/core', '@udpng/datagram'],
  '@udpng/native': ['@udpng/basic-peer', '@udpng/datagram'],
  '@udpng/dgram': ['@udpng/basic-peer', '@udpng/datagram', '@udpng/native', '@udpng/simulation'],
  '@udpng/simulation': ['@udpng/basic-peer', '@udpng/core', '@udpng/datagram'],
  '@udpng/transport-tests': ['@udpng/basic-peer', '@udpng/core', '@udpng/datagram', '@udpng/peers'],
  '@udpng/inspector': ['@udpng/core', '@udpng/datagram'],
  '@udpng/graph': [
    '@udpng/chassis',
    '@udpng/console',
    '@udpng/core',
    '@udpng/datagram',
    '@udpng/flow',
    '@udpng/peers',
    '@udpng/simulation',
  ],
  '@udpng/cli': [
    '@udpng/basic-peer',
    '@udpng/chassis',
    '@udpng/console',
    '@udpng/core',
    '@udpng/datagram',
    '@udpng/dgram',
    '@udpng/flow',
    '@udpng/graph',
    '@udpng/inspector',
    '@udpng/peers',
    '@udpng/simulation',
  ],
  udpng: [
    '@udpng/basic-peer',
    '@udpng/chassis',
    '@udpng/console',
    '@udpng/core',
    '@udpng/datagram',
    '@udpng/flow',
    '@udpng/peers',
  ],
}

/** Packages that are not ours. Only what is not a peer and no part of core may have any. */
const foreign: Readonly<Record<string, readonly string[]>> = {
  '@udpng/simulation': ['fast-check'],
  '@udpng/transport-tests': ['vitest'],
  '@udpng/inspector': ['@opentelemetry/api'],
  '@udpng/graph': ['@dagrejs/dagre', 'yaml', 'zod'],
  '@udpng/cli': ['commander', 'ms', 'zod'],
}

/** Private packages that become part of what is published: they are development dependencies, which are bundled. */
const bundled: Readonly<Record<string, readonly string[]>> = {
  '@udpng/transport-tests': ['test-support'],
}

/** Files of a package that may lead to each other. */
const knownCircles: Readonly<Record<string, readonly string[][]>> = {
  '@udpng/core': [['component.ts', 'scheduler.ts']],
}

/** All that a package may use. */
const usable = (name: string): string[] =>
  [...(arrows[name] ?? []), ...(foreign[name] ?? [])].sort()

const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

interface Import {
  readonly file: string
  readonly specifier: string
}

/** Every import of a package's sources, `import type` and `import()` included. */
function importsOf(directory: string): Import[] {
  return files(join(directory, 'src'), '.ts').flatMap((file) =>
    ts
      .preProcessFile(readFileSync(file, 'utf8'))
      .importedFiles.map(({ fileName }) => ({ file, specifier: fileName })),
  )
}

test('PKG-01 every published package has its row in the table of arrows', () => {
  expect(packages.map((p) => p.name).sort()).toEqual(Object.keys(arrows).sort())
})

describe.each(packages)('$name', ({ name, directory, manifest }) => {
  const imports = importsOf(directory)
  const outside = imports.filter(
    ({ specifier }) => !specifier.startsWith('.') && !bundled[name]?.includes(specifier),
  )

  test('PKG-01 has sources', () => {
    expect(files(join(directory, 'src'), '.ts')).not.toEqual([])
  })

  test('PKG-01 declares the packages below it, and nothing else', () => {
    const { dependencies, optionalDependencies, peerDependencies } = manifest
    // Who uses the native transport looks for it; it is not imported.
    const { '@udpng/native': _, ...peers } = peerDependencies ?? {}
    const declared = { ...dependencies, ...optionalDependencies, ...peers }
    expect(Object.keys(declared).sort()).toEqual(usable(name))
  })

  test('PKG-01 imports what it declares, all of it, and nothing else', () => {
    const used = outside
      .map(({ specifier }) => specifier)
      .filter((specifier) => !specifier.startsWith('node:'))
      .map(packageOf)
    expect([...new Set(used)].sort()).toEqual(usable(name))
  })

  test('PKG-01 imports other packages by their public entry points only', () => {
    const open = new Set(packages.flatMap((p) => p.entries))
    const closed = outside.filter(
      ({ specifier }) =>
        !specifier.startsWith('node:') &&
        !open.has(specifier) &&
        !foreign[name]?.includes(specifier),
    )
    expect(closed).toEqual([])
  })

  test('PKG-07 no files import each other in a circle, types included, but those in the table', () => {
    const source = join(directory, 'src')
    const arrows = new Map<string, string[]>()
    for (const { file, specifier } of imports) {
      const from = relative(source, file)
      arrows.set(from, arrows.get(from) ?? [])
      if (specifier.startsWith('.'))
        arrows.get(from)?.push(join(dirname(from), specifier.replace(/\.js$/, '.ts')))
    }
    expect(circles(arrows)).toEqual(knownCircles[name] ?? [])
  })

  test('PKG-01 imports no file from outside its own src', () => {
    const source = join(directory, 'src')
    const strays = imports.filter(
      ({ file, specifier }) =>
        specifier.startsWith('.') &&
        relative(source, join(dirname(file), specifier)).startsWith('..'),
    )
    expect(strays).toEqual([])
  })
})

test('PKG-07 PKG-22 a circle is found, however long, and two that share no file are two', () => {
  const arrows = { a: ['b'], b: ['c', 'd'], c: ['a'], d: ['e'], e: ['d', 'f'], f: [] }
  expect(circles(new Map(Object.entries(arrows)))).toEqual([
    ['d', 'e'],
    ['a', 'b', 'c'],
  ])
})

test.each(['core', 'datagram'])(
  'PKG-01 DGM-17 @udpng/%s imports no node: module, in its sources and as built',
  (folder) => {
    const directory = join(root, 'packages', folder)
    expect(importsOf(directory).filter(({ specifier }) => !specifier.startsWith('.'))).toEqual([])
    for (const file of files(join(directory, 'dist'), '.js')) {
      const imports = ts.preProcessFile(readFileSync(file, 'utf8')).importedFiles
      expect(imports.filter(({ fileName }) => !fileName.startsWith('.'))).toEqual([])
    }
  },
)

test('DGM-17 @udpng/datagram runs where there is no Node.js', async () => {
  const { text } = await bundle("export * from '@udpng/datagram'")
  const program = `
    const { createContext, SourceTextModule } = await import('node:vm')
    const context = createContext({})
    const module = new SourceTextModule(${JSON.stringify(text)}, { context })
    await module.link(() => {})
    await module.evaluate()
    const { formatAddress, isDatagram, kindOfHost, parseIp } = module.namespace
    console.log(formatAddress(['::FFFF:192.0.2.1', 5]), kindOfHost('name.test'), isDatagram([Buffer.from('x'), ['h', 5]]))
  `
  const args = [
    '--experimental-vm-modules',
    '--no-warnings',
    '--input-type=module',
    '--eval',
    program,
  ]
  expect(await run(process.execPath, args)).toEqual({
    code: 0,
    stdout: '192.0.2.1:5 0 true\n',
    stderr: '',
  })
})

test('PKG-01 test-support uses no package of ours, so that all of them can use it', () => {
  const support = everyPackage.find((p) => p.name === 'test-support')
  const names = new Set(packages.map((p) => p.name))
  const used = importsOf(support?.directory ?? '').map(({ specifier }) => packageOf(specifier))
  expect(used.filter((name) => names.has(name))).toEqual([])
})

test('PKG-01 importing a package has no side effect', async () => {
  // What an import could leave behind: a global, an environment variable, a listener, something that keeps the process
  // alive (reading standard input does). Requests of the module loader itself, such as closing the file, do not count, nor
  // do the two globals of zod, which @udpng/graph uses.
  const program = `
    const look = () => JSON.stringify({
      globals: Reflect.ownKeys(globalThis).map(String).filter((name) => !/^__zod_/.test(name)),
      env: { ...process.env },
      listeners: process.eventNames().map(String),
      resources: process.getActiveResourcesInfo().filter((name) => !/^(FS|Close)Req/.test(name)),
    })
    await import('node:util') // from Node.js 24 on, this alone opens standard error
    await import('vitest') // has globals of its own; @udpng/transport-tests loads it
    const before = look()
    for (const entry of ${JSON.stringify(packages.flatMap((p) => p.entries))}) {
      await import(entry)
      const after = look()
      if (after !== before) throw new Error(entry + ' made ' + before + ' into ' + after)
    }
  `
  const args = ['--input-type=module', '--eval', program]
  expect(await run(process.execPath, args, { cwd: here })).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  })
})

test('PKG-01 every entry that a package exports was built', () => {
  for (const { directory, manifest } of packages) {
    for (const target of Object.values(manifest.exports)) {
      for (const path of typeof target === 'string' ? [target] : Object.values(target)) {
        expect(existsSync(join(directory, path)), join(directory, path)).toBe(true)
      }
    }
  }
})
