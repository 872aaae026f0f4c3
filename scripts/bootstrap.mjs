#!/usr/bin/env node
// The first thing any command runs, in plain JavaScript without a dependency, on any Node from 18 on:
//   node scripts/bootstrap.mjs                      sets up: Node, packages, database client
//   node scripts/bootstrap.mjs <script> [args...]   sets up what is missing, then runs that script of package.json
// Why not `npm ci` alone: npm picks platform packages by the Node it runs on. On Node 20 it silently leaves out the
// chain simulator, which asks for Node 22, so npm itself has to run on the Node we pin.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
const windows = process.platform === 'win32'
const platformNode = `node-${process.platform}-${process.arch}`
const pinnedNode = manifest.optionalDependencies?.[platformNode]
const oldestNode = [22, 18]

const modules = path.join(root, 'node_modules')
const installedNode = path.join(modules, platformNode, 'bin', 'node')
const toolchain = path.join(root, '.toolchain')
const installing = path.join(toolchain, 'installing')
const fetchedNode = path.join(toolchain, 'node_modules', platformNode, 'bin', 'node')

function stop(sentence) {
  console.error(`highstreet: ${sentence}`)
  process.exit(1)
}

function newEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
}

/** The environment a child needs to find this Node and these packages before any other. */
function environmentFor(node, more = {}) {
  const found = [path.dirname(node), path.join(modules, '.bin'), process.env.PATH].join(path.delimiter)
  const environment = { ...process.env, ...more, PATH: found }
  // What the outer npm says about itself would make an inner npm believe it is the outer one.
  for (const name of Object.keys(environment)) {
    if (/^npm_(lifecycle|package|command|node_execpath|config_(local_)?prefix)/.test(name)) delete environment[name]
  }
  return environment
}

/** Runs npm; a request to stop reaches it, and ends us only when it has ended too. */
async function npm(node, args) {
  const cli = process.env.npm_execpath
  const [command, all] = cli?.endsWith('.js') ? [node, [cli, ...args]] : ['npm', args]
  const shell = windows && command === 'npm'
  const child = spawn(command, all, { cwd: root, env: environmentFor(node), stdio: 'inherit', shell })
  // Should we be killed, npm goes on alone, and another command must still wait for it.
  if (child.pid) appendFileSync(installing, `\n${identityOf(child.pid)}`)
  const silence = forwardSignals(child)
  const ending = await new Promise((resolve) => {
    child.on('error', (error) => resolve({ error }))
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  const asked = silence()
  if (asked) process.exit(128 + constants.signals[asked])
  if (ending.error) stop(`npm could not be started (${ending.error.message}). Install npm 10 or newer and try again.`)
  if (ending.code !== 0) {
    const how = ending.signal ?? `exit ${ending.code}`
    stop(`npm could not install the packages (${how}); its own words are above. Nothing else was run.`)
  }
}

/** Passes requests to stop on to a child, each once; what is returned ends that, and tells the first one. */
function forwardSignals(child) {
  let lastForwarded = 0
  let first
  const forward = (signal) => {
    first ??= signal
    // A terminal sends Ctrl-C to the whole group, so the child has it already; npm repeats it to us besides.
    const fromTerminal = signal === 'SIGINT' && (process.stdin.isTTY || process.stderr.isTTY)
    if (fromTerminal || Date.now() - lastForwarded < 500) return
    lastForwarded = Date.now()
    child.kill(signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward)
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, forward)
    return first
  }
}

/** A Node new enough for everything here, outside node_modules, since `npm ci` begins by deleting that. */
async function nodeForInstalling() {
  if (existsSync(fetchedNode)) return fetchedNode
  const own = process.execPath
  if (newEnough(process.versions.node) && !own.startsWith(modules + path.sep)) return own
  const installed = own.startsWith(modules + path.sep) ? own : installedNode
  if (existsSync(installed) && newEnough(pinnedNode ?? process.versions.node)) {
    mkdirSync(path.dirname(fetchedNode), { recursive: true })
    copyFileSync(installed, fetchedNode)
    chmodSync(fetchedNode, 0o755)
    return fetchedNode
  }
  if (!pinnedNode) {
    stop(
      `Node ${process.versions.node} is too old and there is no packaged Node for ${platformNode.slice(5)}. ` +
        `Install Node ${oldestNode.join('.')} or newer and try again.`,
    )
  }
  mkdirSync(toolchain, { recursive: true })
  writeFileSync(path.join(toolchain, 'package.json'), '{"private":true}\n')
  console.error(`highstreet: this is Node ${process.versions.node}; fetching Node ${pinnedNode} from the npm registry`)
  const quiet = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts', '--workspaces=false']
  await npm(own, ['install', '--prefix', toolchain, ...quiet, `${platformNode}@${pinnedNode}`])
  chmodSync(fetchedNode, 0o755)
  return fetchedNode
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return ''
    throw error
  }
}

function hashOf(...texts) {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text).update('\0')
  return hash.digest('hex')
}

async function installPackages() {
  const stamp = path.join(modules, '.highstreet-installed')
  const lock = readFileSync(path.join(root, 'package-lock.json'), 'utf8')
  const wanted = hashOf(lock, `${process.platform}-${process.arch}`)
  if (readIfThere(stamp) === wanted) return
  waitForOtherInstallation()
  if (readIfThere(stamp) !== wanted) {
    console.error('highstreet: installing the packages (the first time takes about a minute)')
    await npm(await nodeForInstalling(), ['ci', '--no-audit', '--no-fund'])
    writeFileSync(stamp, wanted)
  }
  rmSync(toolchain, { recursive: true, force: true })
}

/** Two commands begun at once in a new clone: the second waits, or it would delete what the first unpacks. */
function waitForOtherInstallation() {
  mkdirSync(toolchain, { recursive: true })
  for (let told = false; ; told = true) {
    try {
      writeFileSync(installing, identityOf(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if (error.code === 'ENOENT') mkdirSync(toolchain, { recursive: true })
      else if (error.code !== 'EEXIST') throw error
      else if (!readIfThere(installing).split('\n').some(lives)) rmSync(installing, { force: true })
      else if (!told) console.error('highstreet: another command is installing the packages; waiting for it')
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250)
  }
}

/** A process's number and its beginning: after a restart of the machine another may have the number. */
function identityOf(pid) {
  const stat = readIfThere(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // What has ended stays listed where nobody collects it.
  return ['Z', 'X'].includes(fields[0]) ? 'ended' : `${pid} ${fields[19] ?? ''}`.trim()
}

function lives(identity) {
  const pid = Number(identity.split(' ')[0])
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return identityOf(pid) === identity
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function nodeForRunning() {
  if (existsSync(installedNode)) return installedNode
  if (newEnough(process.versions.node)) return process.execPath
  return stop(`Node ${process.versions.node} is too old. Install Node ${oldestNode.join('.')} or newer and try again.`)
}

function generateDatabaseClient(node) {
  const schema = path.join(root, 'indexer', 'db', 'schema.prisma')
  if (!existsSync(schema)) return
  const client = path.join(root, 'indexer', 'db', 'client')
  const stamp = path.join(client, '.schema-hash')
  const version = readIfThere(path.join(modules, 'prisma', 'package.json'))
  const wanted = hashOf(readFileSync(schema, 'utf8'), readIfThere(path.join(root, 'prisma.config.ts')), version)
  if (existsSync(path.join(client, 'client.ts')) && readIfThere(stamp) === wanted) return
  // Prisma would download an engine that generating never uses; naming any existing file stops it.
  const engine = { PRISMA_SCHEMA_ENGINE_BINARY: node, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' }
  const cli = path.join(modules, 'prisma', 'build', 'index.js')
  const done = spawnSync(node, [cli, 'generate'], { cwd: root, env: environmentFor(node, engine), encoding: 'utf8' })
  if (done.status !== 0) {
    stop(`the database client could not be generated from indexer/db/schema.prisma:\n${done.stdout}${done.stderr}`)
  }
  writeFileSync(stamp, wanted)
}

/** Runs the script and ends as it ends; a request to stop reaches it once, and it is waited for. */
function run(node, script, args) {
  const line = manifest.scripts?.[script]
  if (!line?.startsWith('node ')) {
    stop(
      `package.json has no script "${script}" that begins with "node". Try one of: ` +
        Object.keys(manifest.scripts ?? {}).join(', '),
    )
  }
  const file = line.split(' ').slice(1)
  const child = spawn(node, [...file, ...args], { cwd: root, env: environmentFor(node), stdio: 'inherit' })
  forwardSignals(child)
  child.on('error', (error) => stop(`${script} could not be started: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1)))
}

await installPackages()
const node = nodeForRunning()
generateDatabaseClient(node)
const [script, ...args] = process.argv.slice(2)
if (script) run(node, script, args)
