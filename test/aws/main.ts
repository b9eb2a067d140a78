import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * `npm run test:aws [FILE...]`: installs moto once, in a virtual environment of its own below node_modules/.cache, and runs the
 * tests that scan it. Needs Python 3 with venv, nothing else.
 */
const version = '5.2.5'
const root = resolve(import.meta.dirname, '../..')
const home = join(root, 'node_modules/.cache', `moto-${version}`)
const program = join(home, 'bin/moto_server')

function run(command: string, args: string[]): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status === 0) return
  rmSync(home, { recursive: true, force: true })
  console.error(`${command} ${args.join(' ')} failed: ${error?.message ?? `${stdout}${stderr}`.trim().split('\n').slice(-5).join('\n')}`)
  console.error('The tests on moto were not run. They need Python 3 with venv (Debian: apt-get install python3-venv) and PyPI.')
  process.exit(1)
}

if (!existsSync(program)) {
  mkdirSync(home, { recursive: true })
  console.log(`installing moto ${version} ...`)
  run('python3', ['-m', 'venv', home])
  run(join(home, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', `moto[server]==${version}`])
}

const vitest = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'test/aws/vitest.config.ts', ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, JIDOKA_MOTO: program },
  },
)
process.exit(vitest.status ?? 1)
