// The texts of the panel: those of the launcher, which the panel draws anew, and those of the small panel.

export const PANEL_WORDS = {
  zh: [
    "在线咨询",
    "留言",
    "关闭",
    "在线咨询没有打开，正在重试…",
    "医院电话：",
    "如情况紧急，请拨打120",
    "重试",
  ],
  en: [
    "Chat with us",
    "Leave a message",
    "Close",
    "The chat did not open. Trying again…",
    "Hospital: ",
    "In an emergency, call 120",
    "Try again",
  ],
} as const;
