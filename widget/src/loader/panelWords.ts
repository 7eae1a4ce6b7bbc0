// The texts of the panel that the launcher does not need.

export const PANEL_WORDS = {
  zh: ["留言", "关闭", "在线咨询没有打开，正在重试…", "如情况紧急，请拨打120", "重试"],
  en: [
    "Leave a message",
    "Close",
    "The chat did not open. Trying again…",
    "In an emergency, call 120",
    "Try again",
  ],
} as const;
