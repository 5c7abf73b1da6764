import type { EngineClient } from '../protocol/engine-client.ts'
import type { ChiralBackend } from './chiral-interface.ts'
import { valueOf } from './script-failure.ts'

/** `window.chiral.backend`, over the page's client. */
export function makeChiralBackend(client: EngineClient): ChiralBackend {
  return Object.freeze<ChiralBackend>({
    isSupported: async () => valueOf(await client.call('backend.supported', null)),
    preparePrivateTorrent: async (job, variantId, options = {}) =>
      valueOf(await client.call('backend.prepare', { job, variantId, options })),
    fetchByInfoHash: async (content, options = {}) =>
      valueOf(await client.call('backend.fetch', { content, options })),
    async offerJob(job, to) {
      valueOf(await client.call('backend.offer', { job, to }))
    },
    async withdrawJob(jobId) {
      valueOf(await client.call('backend.withdraw', { jobId }))
    },
    requestBtFallback: async (peerId, request) =>
      valueOf(await client.call('backend.ask', { peerId, request })),
    findCandidates: async (content, policy) => [
      ...valueOf(await client.call('backend.candidates', { content, policy: policy ?? null })),
    ],
    validateCandidate: async (candidate, policy) =>
      valueOf(await client.call('backend.validate', { candidate, policy: policy ?? null })),
  })
}
