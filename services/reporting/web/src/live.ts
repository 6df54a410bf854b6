/** Brings documents as they change: by an event stream, and by asking every few seconds where streams do not get through. */

import type { Progress } from "./document";

export type Status = "loading" | "live" | "polling" | "lost" | "unknown";

const POLL_MS = 5_000;
const STREAM_AGAIN_MS = 30_000;
// Who only looks in, or takes a picture or a print, holds no stream open.
const STREAM_AFTER_MS = 8_000;
const FIRST_POLLS_MS = 2_000;

export class Live {
  private tag = "";
  private streamFrom = Date.now() + STREAM_AFTER_MS;

  constructor(
    private readonly query: string,
    private readonly onDocument: (progress: Progress) => void,
    private readonly onStatus: (status: Status) => void,
  ) {}

  start(): void {
    this.onStatus("loading");
    void this.goOn(FIRST_POLLS_MS);
  }

  private async goOn(wait = POLL_MS): Promise<void> {
    const answered = await this.ask();
    if (answered && Date.now() >= this.streamFrom) this.listen();
    else setTimeout(() => void this.goOn(answered && wait < POLL_MS ? wait : POLL_MS), wait);
  }

  private listen(): void {
    const stream = new EventSource(`/api/progress/stream${this.query}`);
    stream.onopen = () => this.onStatus("live");
    stream.addEventListener("progress", (message: MessageEvent<string>) => this.onDocument(JSON.parse(message.data) as Progress));
    stream.onerror = () => {
      stream.close();
      this.streamFrom = Date.now() + STREAM_AGAIN_MS;
      void this.goOn();
    };
  }

  private async ask(): Promise<boolean> {
    try {
      const answer = await fetch(`/api/progress${this.query}`, { headers: this.tag ? { "If-None-Match": this.tag } : {} });
      if (answer.status === 404) {
        this.onStatus("unknown");
        return false;
      }
      if (answer.status !== 304) {
        if (!answer.ok) throw new Error(`status ${answer.status}`);
        this.onDocument((await answer.json()) as Progress);
        this.tag = answer.headers.get("etag") ?? "";
      }
      this.onStatus("polling");
      return true;
    } catch {
      this.onStatus("lost");
      return false;
    }
  }
}
