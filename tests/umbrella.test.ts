import { join } from 'node:path'
import ts from 'typescript-5.9'
import { expect, test } from 'vitest'
import { packages, run } from './workspace.js'

/** What it does not re-export: itself, what peers look for by themselves, what is for tests, and the tools. */
const apart = [
  'udpng',
  '@udpng/native',
  '@udpng/dgram',
  '@udpng/simulation',
  '@udpng/transport-tests',
  '@udpng/inspector',
  '@udpng/graph',
  '@udpng/cli',
]
const parts = packages.filter((p) => !apart.includes(p.name))

test('PKG-05 udpng re-exports every value of every package, the same one', async () => {
  const program = `
    const all = await import('udpng')
    for (const name of ${JSON.stringify(parts.map((p) => p.name))}) {
      const part = await import(name)
      const missing = Object.keys(part).filter((key) => all[key] !== part[key])
      if (missing.length > 0 || Object.keys(part).length === 0) console.log(name, missing)
    }
  `
  expect(await run(process.execPath, ['--input-type=module', '--eval', program])).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  })
})

test('CMP-04 PKG-05 what was built has the names that messages and snapshots show', async () => {
  const program = `
    for (const [name, value] of Object.entries(await import('udpng')))
      if (typeof value === 'function' && value.name !== name) console.log(name, 'is called', value.name)
  `
  const args = ['--input-type=module', '--eval', program]
  expect(await run(process.execPath, args)).toEqual({ code: 0, stdout: '', stderr: '' })
})

test('PKG-05 udpng re-exports every type of every package', () => {
  const declarations = (directory: string) => join(directory, 'dist/index.d.ts')
  const program = ts.createProgram(
    packages.map((p) => declarations(p.directory)),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      noLib: true, // names are all that is asked for
      types: [],
    },
  )
  const checker = program.getTypeChecker()
  const names = (directory: string) => {
    const file = program.getSourceFile(declarations(directory))
    const symbol = file && checker.getSymbolAtLocation(file)
    return symbol ? checker.getExportsOfModule(symbol).map((each) => each.name) : []
  }
  const all = new Set(packages.filter((p) => p.name === 'udpng').flatMap((p) => names(p.directory)))
  for (const part of parts) {
    expect(names(part.directory), part.name).not.toEqual([])
    expect(
      names(part.directory).filter((name) => !all.has(name)),
      part.name,
    ).toEqual([])
  }
})
