/**
 * One Lambda as it is shipped, invoked until it has no checkpoint left; told (see Invoked in guardians.ts): what it said, and what it
 * took of this process. Plain JavaScript: loading what strips types would be a third of the memory that is measured.
 */
const [bundle = '', event = '{}'] = process.argv.slice(2)
const wait = setInterval(() => {}, 60_000)
const from = performance.now()
const { handler } = await import(bundle)
const told = {
  ...{ initMs: performance.now() - from, seconds: 0, cpuSeconds: 0, peakMB: 0 },
  ...{ shards: 0, calls: 0, usd: 0, findings: 0, unknown: 0, looked: 0, share: 0 },
}
if (event !== 'load') {
  let checkpoint
  do {
    const until = performance.now() + 900_000
    const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => until - performance.now() }
    const report = await handler({ ...JSON.parse(event), run: 'bench', checkpoint }, context)
    told.shards += 1
    told.calls += report.cost.calls
    told.usd += report.cost.usd
    told.findings += report.findings.length
    told.unknown += report.unknown.length
    told.looked += report.coverage.reduce((sum, { looked }) => sum + looked, 0)
    told.share = Math.max(told.share, ...report.cost.byCall.map(({ share }) => share))
    checkpoint = report.checkpoint
  } while (checkpoint !== undefined)
}
const { user, system } = process.cpuUsage()
told.seconds = (performance.now() - from) / 1_000
told.cpuSeconds = (user + system) / 1e6
told.peakMB = process.resourceUsage().maxRSS / 1_024
process.send?.(told, () => {
  clearInterval(wait)
  process.disconnect()
})
