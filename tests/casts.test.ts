import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript-5.9'
import { beforeAll, expect, test } from 'vitest'
import { files, packages, root } from './workspace.js'

/** The sources of what is published, with types: packages see each other's sources. */
let program: ts.Program

beforeAll(() => {
  const sources = packages.flatMap(({ directory }) => files(join(directory, 'src'), '.ts'))
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), (file) =>
    readFileSync(file, 'utf8'),
  )
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  program = ts.createProgram(sources, options)
})

/** The nodes of all sources that are so, as `path:line`. */
function places(is: (node: ts.Node) => boolean): string[] {
  const found: string[] = []
  for (const source of program.getSourceFiles()) {
    if (source.isDeclarationFile || source.fileName.includes('node_modules')) continue
    const visit = (node: ts.Node): void => {
      if (is(node)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
        found.push(`${relative(root, source.fileName).replaceAll('\\', '/')}:${line + 1}`)
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
  return found
}

const packageOf = (file: string): string =>
  relative(join(root, 'packages'), file).split(/[/\\]/)[0] ?? ''

test('PKG-29 no package casts to never; core, which needs it for records without a component, is on its own', () => {
  const casts = places(
    (node) => ts.isAsExpression(node) && node.type.kind === ts.SyntaxKind.NeverKeyword,
  )
  expect(casts.filter((place) => !place.startsWith('packages/core/'))).toEqual([])
})

test('PKG-29 no package reads private or protected members of another by brackets', () => {
  const checker = program.getTypeChecker()
  const HIDDEN = ts.ModifierFlags.Private | ts.ModifierFlags.Protected
  let seen = 0
  const accesses = places((node) => {
    if (!ts.isElementAccessExpression(node) || !ts.isStringLiteral(node.argumentExpression))
      return false
    seen++
    const declarations = checker.getSymbolAtLocation(node.argumentExpression)?.declarations ?? []
    return declarations.some(
      (declaration) =>
        ts.getCombinedModifierFlags(declaration) & HIDDEN &&
        packageOf(declaration.getSourceFile().fileName) !==
          packageOf(node.getSourceFile().fileName),
    )
  })
  expect(accesses).toEqual([])
  expect(seen).toBeGreaterThan(0)
})
