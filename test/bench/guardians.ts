import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seededRandom } from '../../core/random.ts'
import { ebs } from '../../guardians/ebs/guardian.ts'
import { logs } from '../../guardians/logs/guardian.ts'
import { falselyClosed, scanAccount } from '../aws/accounts.ts'
import { generatedAccount, withFaults } from '../aws/generated.ts'
import { custodianCalls } from './peers/custodian.ts'
import { type Bench, median } from './report.ts'

const lambdas = fileURLToPath(new URL('../../dist/lambda/', import.meta.url))
const accountProcess = fileURLToPath(new URL('./guardians-account.ts', import.meta.url))
const scanProcess = fileURLToPath(new URL('./guardians-scan.js', import.meta.url))
const prowlerProgram = 'prowler'

/** What one Lambda said, over all its shards, and what it took (guardians-scan.js). */
interface Invoked {
  initMs: number
  seconds: number
  cpuSeconds: number
  peakMB: number
  shards: number
  calls: number
  usd: number
  findings: number
  unknown: number
  looked: number
  /** The most that any call took of what AWS allows. */
  share: number
}

/** How a Node of 128 MB is started: V8 takes what it is given, whether it needs it or not. */
const small = ['--max-old-space-size=62', '--max-semi-space-size=1']

type Size = readonly [volumes: number, snapshots: number, logGroups: number]

export const guardians: Bench = {
  name: 'guardians',
  summary: 'the shipped Lambdas over generated accounts in wire format, at half of the pace that AWS allows',
  async run({ runs = 5, progress }) {
    if (!existsSync(join(lambdas, 'ebs/index.mjs'))) throw new Error('there are no Lambdas in dist: npm run build first')
    progress('metric checks of 10,000 volumes')
    const metric = await invoke('ebs', [10_000, 0, 0], { only: ['ebs-idle-attached'] })
    progress('100,000 volumes by three checks that go page by page')
    const streamed = await invoke('ebs', [100_000, 0, 0], { only: ['ebs-unattached', 'ebs-gp2', 'ebs-idle-attached'] }, small)
    progress('60,000 volumes and 40,000 snapshots by all checks: both lists are held against each other')
    const joined = await invoke('ebs', [60_000, 40_000, 0], {}, small)
    progress('an account of 47,000: 20,000 volumes, 12,000 snapshots, 15,000 log groups')
    const account = [await invoke('ebs', [20_000, 12_000, 0]), await invoke('logs', [0, 0, 15_000])]
    const sum = (figure: (invoked: Invoked) => number) => account.reduce((total, each) => total + figure(each), 0)
    const falseClosures = await closuresOnBadDays(runs, progress)
    const { largestKB, slowestInitMs } = await bundles(progress)
    const custodian = await custodianCalls(progress)
    const prowler = spawnSync(prowlerProgram, ['--version']).status === 0
    const callsPerResource = metric.calls / 10_000
    return {
      figures: {
        ...{ callsPerResource, peakMBAt100k: streamed.peakMB, peakMBAt100kJoined: joined.peakMB, secondsAt100k: joined.seconds },
        ...{ cpuSecondsAt47k: sum(({ cpuSeconds }) => cpuSeconds), secondsAt47k: Math.max(...account.map(({ seconds }) => seconds)) },
        ...{ callsAt47k: sum(({ calls }) => calls), usdAt47k: sum(({ usd }) => usd), falseClosures, largestKB, slowestInitMs },
        mostOfALimit: Math.max(joined.share, ...account.map(({ share }) => share)),
      },
      ratios: measured({ oursToCustodian: typeof custodian === 'number' ? callsPerResource / custodian : null }),
      peers: measured({ custodianCallsPerResource: typeof custodian === 'number' ? custodian : null }),
      absent: [
        ...(typeof custodian === 'string' ? [custodian] : []),
        // It has no check of metrics: nothing of it is held against ours but its published 16 minutes for 47,000 resources.
        ...(prowler ? [] : ['prowler (pip install prowler); it published 16 minutes for 47,000 resources (prowler#7584)']),
      ],
      targets: {
        ...{
          callsPerResource: 0.02,
          peakMBAt100k: 128,
          peakMBAt100kJoined: 128,
          cpuSecondsAt47k: 60,
          falseClosures: 0,
          largestKB: 350,
          slowestInitMs: 150,
        },
        ...(typeof custodian === 'number' ? { oursToCustodian: 0.1 } : {}),
      },
    }
  },
}

const measured = (figures: Record<string, number | null>): Record<string, number> =>
  Object.fromEntries(Object.entries(figures).flatMap(([name, value]) => (value === null ? [] : [[name, value]])))

async function answerOf<Told>(child: ChildProcess): Promise<Told> {
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`a process of the bench ended with ${code}`)
  })
  gone.catch(() => {})
  const [told] = (await Promise.race([once(child, 'message'), gone])) as [Told]
  return told
}

/** One Lambda over one account, each in a process of its own. */
async function invoke(guardian: string, size: Size, event: object = {}, flags: readonly string[] = []): Promise<Invoked> {
  const account = fork(accountProcess, size.map(String))
  try {
    return await load(guardian, JSON.stringify(event), await answerOf<string>(account), flags)
  } finally {
    const gone = once(account, 'exit')
    account.kill()
    await gone
  }
}

function load(guardian: string, event: string, url: string, flags: readonly string[] = []): Promise<Invoked> {
  const environment = {
    ...{ AWS_ENDPOINT_URL: url, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'not-a-secret' },
    PATH: process.env.PATH,
  }
  return answerOf<Invoked>(
    fork(scanProcess, [join(lambdas, guardian, 'index.mjs'), event], {
      ...{ env: environment, execArgv: [...flags], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
    }),
  )
}

/** What failing scans would close of what is there: a fifth of the calls throttled, a fifth denied, cut after every page or not. */
async function closuresOnBadDays(runs: number, progress: (text: string) => void): Promise<number> {
  const now = Date.now()
  const account = generatedAccount({ volumes: 1_200, snapshots: 1_100, logGroups: 130, now })
  const { report: there } = await scanAccount(account, [ebs, logs], { now })
  let closed = 0
  for (let seed = 1; seed <= runs * 4; seed += 1) {
    const faults = withFaults(account, { throttled: 0.2, denied: seed % 2 ? 0.2 : 0.02 }, seededRandom(seed))
    const cut = seed % 4 < 2 ? { remainingMs: () => 0 } : {}
    const limits = { pauseMs: 1, throttledAttempts: 2, paces: { '*': { perSecond: 1e6, burst: 1e6 } } }
    const { report } = await scanAccount(faults, [ebs, logs], { now, access: { limits }, ...cut })
    closed += falselyClosed(there, report).length
  }
  progress(`${runs * 4} bad days, ${there.findings.length} findings each: ${closed} closed`)
  return closed
}

/** Size of the largest bundle, and the slowest cold start (median of three, each in a fresh process). */
async function bundles(progress: (text: string) => void) {
  const sizes: number[] = []
  const starts: number[] = []
  for (const id of readdirSync(lambdas)) {
    sizes.push(statSync(join(lambdas, id, 'index.mjs')).size / 1_024)
    const init: number[] = []
    for (let turn = 0; turn < 3; turn += 1) init.push((await load(id, 'load', 'http://127.0.0.1:1')).initMs)
    starts.push(median(init))
  }
  progress(`${sizes.length} bundles: cold start ${Math.min(...starts).toFixed(0)} to ${Math.max(...starts).toFixed(0)} ms`)
  return { largestKB: Math.max(...sizes), slowestInitMs: Math.max(...starts) }
}
