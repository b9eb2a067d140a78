/**
 * DBOS on PostgreSQL, when both are installed (npm install --no-save @dbos-inc/dbos-sdk; JIDOKA_BENCH_POSTGRES=postgres://...).
 * The answer is its steps per second at concurrency 1, or why it was not measured.
 */
export async function dbosStepsPerSecond(progress: (text: string) => void): Promise<number | string> {
  const url = process.env.JIDOKA_BENCH_POSTGRES
  const name = '@dbos-inc/dbos-sdk'
  // biome-ignore lint/suspicious/noExplicitAny: an optional peer, whose types are not installed with us
  const sdk: any = await import(name).catch(() => null)
  if (!sdk) return `DBOS (npm install --no-save ${name}, and JIDOKA_BENCH_POSTGRES=postgres://...)`
  if (!url) return 'DBOS: installed, but JIDOKA_BENCH_POSTGRES names no PostgreSQL to run it on'
  const { DBOS } = sdk
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: url, logLevel: 'error' })
  const flow = DBOS.registerWorkflow(
    async () => {
      for (let at = 0; at < 50; at++) await DBOS.runStep(async () => ({}), { name: `noop-${at}` })
    },
    { name: 'bench' },
  )
  await DBOS.launch()
  let done = 0
  const from = performance.now()
  while (performance.now() - from < 3_000) {
    await flow()
    done += 50
  }
  const rate = (done * 1_000) / (performance.now() - from)
  await DBOS.shutdown()
  progress(`DBOS ${rate.toFixed(0)} steps/s`)
  return rate
}
