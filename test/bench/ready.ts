import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Bench, median } from './report.ts'
import { freePort } from './victim.ts'

const bundle = fileURLToPath(new URL('../../dist/jidoka.js', import.meta.url))

export const ready: Bench = {
  name: 'ready',
  summary: 'the shipped bundle: start -> the API answers, seconds, and its memory then, MB',
  async run({ runs = 9, progress }) {
    if (!existsSync(bundle)) throw new Error('there is no dist/jidoka.js: npm run build first')
    const seconds: number[] = []
    const memory: number[] = []
    const empty: number[] = []
    for (let run = 1; run <= runs; run++) {
      empty.push(await emptyNode())
      const folder = mkdtempSync(join(tmpdir(), 'jidoka-bench-'))
      const port = await freePort()
      writeFileSync(join(folder, 'jidoka.config.json'), '{}')
      const from = performance.now()
      const child = spawn(
        process.execPath,
        [bundle, 'up', '--config', join(folder, 'jidoka.config.json'), '--data', folder, '--port', String(port)],
        { stdio: 'ignore' },
      )
      while (
        !(await fetch(`http://127.0.0.1:${port}/health`).then(
          (answer) => answer.ok,
          () => false,
        ))
      ) {
        if (performance.now() - from > 20_000) throw new Error('it was not ready within 20 s')
        await pause(2)
      }
      seconds.push((performance.now() - from) / 1_000)
      await pause(500)
      memory.push(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1_024)
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
      rmSync(folder, { recursive: true, force: true })
      progress(`round ${run} of ${runs}: ${seconds.at(-1)?.toFixed(2)} s, ${memory.at(-1)?.toFixed(0)} MB`)
    }
    return {
      figures: { readySeconds: median(seconds), memoryMB: median(memory) },
      ratios: { toEmptyNode: median(seconds) / median(empty) },
      peers: { emptyNodeSeconds: median(empty) },
      absent: [],
      targets: { readySeconds: 0.3, memoryMB: 100 },
    }
  },
}

/** The floor: Node itself, doing nothing. */
async function emptyNode(): Promise<number> {
  const from = performance.now()
  await new Promise((resolve) => spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }).once('exit', resolve))
  return (performance.now() - from) / 1_000
}
