import type { AskId, AskOutcome, AskValue, RtcQuestion } from '../protocol/rtc.ts'

/** Questions of one connection to the page that has the real one. Each is answered once, or given up. */
export interface OpenAsks {
  ask(question: RtcQuestion): Promise<AskValue>
  answered(ask: AskId, outcome: AskOutcome): void
  /** Nobody will answer any more. */
  giveUp(reason: Error): void
}

export function makeOpenAsks(post: (ask: AskId, question: RtcQuestion) => void): OpenAsks {
  const open = new Map<AskId, PromiseWithResolvers<AskValue>>()
  let next: AskId = 1

  return {
    ask(question) {
      const id = next++
      post(id, question)
      const answer = Promise.withResolvers<AskValue>()
      open.set(id, answer)
      return answer.promise
    },

    answered(id, outcome) {
      const answer = open.get(id)
      open.delete(id)
      if (outcome.ok) answer?.resolve(outcome.value)
      else answer?.reject(new DOMException(outcome.cause.message, outcome.cause.name))
    },

    giveUp(reason) {
      for (const { reject } of open.values()) reject(reason)
      open.clear()
    },
  }
}
