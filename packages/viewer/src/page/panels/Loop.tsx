/** A loop: how often it went round, how fast and at which cost, as a circle and as a list. */
import type { LoopView } from "../../Questions.ts"
import { Foreign, Prose } from "../Foreign.tsx"
import { lasting, moment } from "../Times.ts"
import { LoopCycle } from "./LoopCycle.tsx"
import { GoTo, Steps } from "./Steps.tsx"

export const Loop = ({ loop }: { readonly loop: LoopView }) => (
  <section class="loop">
    <h3>
      It goes in a circle: <Foreign text={loop.kind} />{" "}
      <span class={`tag ${loop.isRunning ? "running" : ""}`}>{loop.isRunning ? "↻ still going round" : "ended"}</span>
    </h3>
    <p>
      <Foreign text={loop.says} />
    </p>
    <LoopCycle loop={loop} />
    <LoopFacts loop={loop} />
    <p>
      <strong>What ends it:</strong> <Prose text={loop.remedy} />
    </p>
    <Steps steps={loop.turn} label="One turn" />
  </section>
)

const LoopFacts = ({ loop }: { readonly loop: LoopView }) => (
  <dl class="fields">
    <div>
      <dt>turns</dt>
      <dd>{loop.iterations}</dd>
    </div>
    <div>
      <dt>period</dt>
      <dd>{lasting(loop.period)}</dd>
    </div>
    <div>
      <dt>requests for nothing</dt>
      <dd>{loop.wasted}</dd>
    </div>
    <div>
      <dt>from</dt>
      <dd>
        <GoTo seq={loop.first.seq} /> {moment(loop.first.at)}
      </dd>
    </div>
    <div>
      <dt>to</dt>
      <dd>
        <GoTo seq={loop.last.seq} /> {moment(loop.last.at)}
      </dd>
    </div>
    <div>
      <dt>by</dt>
      <dd>
        <Foreign text={loop.actors.join(", ")} />
      </dd>
    </div>
  </dl>
)
