// The law of the house (doc/architecture.md): a file imports its own folder and strictly lower floors; engines own no
// socket, clock, timer, dice or console; no file outgrows a few screens. Read from the sources themselves.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const SRC = join(dirname(fileURLToPath(import.meta.url)), '../../src')

/** The floors from the ground up. The command stands above the API that it shows to people. */
const FLOORS: readonly (readonly string[])[] = [
  ['base', 'addon'],
  ['codec', 'crypto'],
  ['packet', 'encryptsave'],
  ['transport'],
  ['dht', 'relay'],
  ['onion', 'forwarding'],
  ['announce', 'net-crypto'],
  ['friend'],
  ['messenger'],
  ['conference', 'group', 'av', 'offline'],
  ['tox'],
  ['host', 'sim', 'store'],
  ['api'],
  ['cli'],
]

/** Where Node may be seen. */
const NODE_FOLDERS = ['host/', 'store/', 'addon/', 'crypto/backend/', 'cli/', 'api/']
/** Where the world's clock, dice and environment may be used. */
const WORLDLY_FOLDERS = ['host/', 'store/', 'addon/', 'crypto/', 'cli/', 'api/']

const WORLDLY = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'console',
  'process',
  'performance',
  'Buffer',
  'Date',
  'require',
])

const LINES_MAX = 400

interface SourceFile {
  /** Path below src/, with forward slashes. */
  path: string
  text: string
}

const files: SourceFile[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.split(sep).join('/'))
  .filter((path) => /\.c?ts$/.test(path))
  .sort()
  .map((path) => ({ path, text: readFileSync(join(SRC, path), 'utf8') }))

const floorOf = (folder: string): number => FLOORS.findIndex((floor) => floor.includes(folder))

/** The first folder of a path below src/; '' for a file that stands on top. */
const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '')

const importsOf = ({ text }: SourceFile): string[] =>
  ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName)

/** What is wrong with one import, or undefined. */
function judge(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:')) {
    return NODE_FOLDERS.some((folder) => path.startsWith(folder)) ? undefined : 'Node is seen by hosts alone'
  }
  if (!specifier.startsWith('.')) return undefined
  if (!/\.c?js(on)?$/.test(specifier)) return 'a relative import ends in .js'
  const target = posix.join(posix.dirname(path), specifier)
  if (target.startsWith('..')) return target === '../package.json' ? undefined : 'leaves src/'
  const [from, to] = [folderOf(path), folderOf(target)]
  if (from === to || from === '') return undefined
  if (to === '') return 'nobody imports the top'
  if (floorOf(from) === -1) return `folder ${from}/ has no floor`
  if (floorOf(to) === -1) return `folder ${to}/ has no floor`
  if (floorOf(to) > floorOf(from)) return `climbs from ${from}/ to ${to}/`
  if (floorOf(to) === floorOf(from)) return `${to}/ is a neighbour of ${from}/`
  return undefined
}

/** Uses of the world's clock, timers, dice and console, as `line: name`. */
function worldly({ path, text }: SourceFile): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && isUse(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      found.push(`${path}:${line + 1} ${node.text}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function isUse(node: ts.Identifier): boolean {
  const { parent, text } = node
  if (text === 'random' && ts.isPropertyAccessExpression(parent)) return parent.expression.getText() === 'Math'
  if (!WORLDLY.has(text)) return false
  // A member, property, parameter or type of that name is something else.
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  return ts.isCallExpression(parent) || ts.isNewExpression(parent) || ts.isVariableDeclaration(parent)
}

describe('architecture', () => {
  it('finds the sources', () => {
    assert.ok(files.length > 20)
  })

  it('every folder has a floor', () => {
    const folders = [...new Set(files.map(({ path }) => folderOf(path)))].filter((folder) => folder !== '')
    assert.deepEqual(
      folders.filter((folder) => floorOf(folder) === -1),
      [],
    )
  })

  it('nobody climbs or leans on a neighbour, and Node is seen by hosts alone', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file).flatMap((specifier) => {
        const why = judge(file.path, specifier)
        return why === undefined ? [] : [`${file.path} imports ${specifier}: ${why}`]
      }),
    )
    assert.deepEqual(wrong, [])
  })

  it('the judge knows a climb, a neighbour and a guest', () => {
    assert.match(judge('base/a.ts', '../dht/b.js') ?? '', /climbs/)
    assert.match(judge('dht/a.ts', '../relay/b.js') ?? '', /neighbour/)
    assert.match(judge('dht/a.ts', 'node:dgram') ?? '', /hosts/)
    assert.match(judge('dht/a.ts', './b') ?? '', /\.js/)
    assert.match(judge('tox/a.ts', '../index.js') ?? '', /top/)
    assert.equal(judge('crypto/backend/a.ts', 'node:crypto'), undefined)
    assert.equal(judge('dht/a.ts', '../packet/dht/b.js'), undefined)
    assert.equal(judge('index.ts', './api/index.js'), undefined)
  })

  it('engines use no clock, timer, dice, console or Buffer of the world', () => {
    const engines = files.filter(({ path }) => !WORLDLY_FOLDERS.some((folder) => path.startsWith(folder)))
    assert.deepEqual(engines.flatMap(worldly), [])
  })

  it('the eye for worldly things sees uses, not names', () => {
    const text = [
      'const a = Date.now() + Math.random()',
      'setTimeout(() => console.log(Buffer.from([])), 1)',
      'const b = { process: 1, Date: 2 }',
      'b.process = env.random.uniform(3)',
      '// setTimeout(x)',
    ].join('\n')
    const uses = worldly({ path: 'x.ts', text }).map((use) => use.split(' ')[1])
    assert.deepEqual(uses, ['Date', 'random', 'setTimeout', 'console', 'Buffer'])
  })

  it(`no file is longer than ${LINES_MAX} lines`, () => {
    const long = files
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > LINES_MAX)
      .map(({ path, lines }) => `${path}: ${lines}`)
    assert.deepEqual(long, [])
  })
})
