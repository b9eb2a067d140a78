import { defineCommand } from '../define.ts'

export const guard = defineCommand('guard', {
  summary: 'End the databases of an agent that does not keep their roles any more; every agent starts its own',
  setup(command, cli, run) {
    command
      .argument('<agent>', 'whose guard this is')
      .requiredOption('--folder <folder>', "the agent's folder, below its data folder")
      .action(
        run(async (agent: string, { folder }: { folder: string }) => {
          cli.serve()
          const [{ startGuard }, { hostClock }, { plainLog }] = await Promise.all([
            import('../../core/hooks/guard/guard.ts'),
            import('../../core/clock.ts'),
            import('../../core/hooks/guard/log.ts'),
          ])
          const log = plainLog(hostClock, cli.out)
          const running = await startGuard({ agent, folder, controlToken: cli.env.JIDOKA_CONTROL_TOKEN ?? '', clock: hostClock, log })
          // It goes when nothing is armed any more: a host that is shut down ends its agent at the same time.
          if (cli.interrupted.aborted) running.close()
          cli.interrupted.addEventListener('abort', () => running.close(), { once: true })
          await running.closed
          return 0 as const
        }),
      )
  },
})
