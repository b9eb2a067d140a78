import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generatedAccount } from '../../aws/generated.ts'
import { openRecorded } from '../../aws/recorded.ts'

const volumes = 500

/** Its policy for what our check of idle volumes does. Its cache would spare the list, not the metrics. */
const policy = JSON.stringify({
  policies: [
    {
      name: 'idle',
      resource: 'aws.ebs',
      filters: [
        {
          type: 'metrics',
          name: 'VolumeReadOps',
          namespace: 'AWS/EBS',
          statistics: 'Sum',
          days: 7,
          value: 1,
          op: 'lt',
          'missing-value': 0,
        },
      ],
    },
  ],
})

/**
 * Cloud Custodian over the same generated account, when it is installed (pip install c7n): calls per volume for one metric, where
 * ours asks two; or why it was not measured.
 */
export async function custodianCalls(progress: (text: string) => void): Promise<number | string> {
  if (spawnSync('custodian', ['version']).status !== 0) return 'Cloud Custodian (pip install c7n)'
  const account = await openRecorded({
    ...generatedAccount({ volumes, now: Date.now() }),
    GetMetricStatistics: JSON.stringify({ Datapoints: [] }),
  })
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-bench-'))
  try {
    writeFileSync(join(folder, 'policy.json'), policy)
    const child = spawn('custodian', ['run', '--cache-period', '0', '--region', 'us-east-1', '-s', folder, join(folder, 'policy.json')], {
      stdio: 'ignore',
      env: {
        ...{ PATH: process.env.PATH, HOME: folder, AWS_ENDPOINT_URL: account.url, AWS_DEFAULT_REGION: 'us-east-1' },
        ...{ AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'not-a-secret' },
      },
    })
    const [code] = (await once(child, 'exit')) as [number]
    const asked = account.count('GetMetricStatistics')
    if (code !== 0 || asked === 0) return `Cloud Custodian: installed, but its run ended with ${code} after ${asked} questions for metrics`
    progress(`Cloud Custodian asked ${account.calls.length} times about ${volumes} volumes`)
    return account.calls.length / volumes
  } finally {
    await account.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
