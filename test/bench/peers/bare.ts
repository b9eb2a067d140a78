import { type ChildProcess, spawn } from 'node:child_process'
import http from 'node:http'
import { fileURLToPath } from 'node:url'

/**
 * What a supervisor is at least: a parent that starts the victim again when it ends. With PROBE_MS it also asks it that often,
 * and kills it after three time-outs of 200 ms in a row. The floor that we are held against.
 */
const victim = fileURLToPath(new URL('./victim.ts', import.meta.url))
const port = Number(process.env.PORT)
const everyMs = Number(process.env.PROBE_MS ?? 0)
let child: ChildProcess
let answered = false
let misses = 0

function start() {
  answered = false
  misses = 0
  child = spawn(process.execPath, [victim], { stdio: 'ignore', env: process.env })
  child.on('exit', start)
}

function look() {
  const judge = (good: boolean) => {
    if (good) {
      answered = true
      misses = 0
    } else if (answered && ++misses >= 3) {
      misses = 0
      child.kill('SIGKILL')
    }
  }
  const request = http.get({ host: '127.0.0.1', port, agent: false, timeout: 200 }, (response) =>
    response.resume().on('end', () => judge(true)),
  )
  request.on('timeout', () => request.destroy(new Error('timeout')))
  request.on('error', () => judge(false))
}

start()
if (everyMs > 0) setInterval(look, everyMs)
process.on('SIGTERM', () => {
  child.removeAllListeners('exit')
  child.kill('SIGKILL')
  process.exit()
})
