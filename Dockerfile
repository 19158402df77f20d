# syntax=docker/dockerfile:1
# Valley for a host. Why it is built this way: docs/adr/0029-the-image.md

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN python -m venv /opt/venv && python -m pip install --target /opt/tools brotli==1.2.0
COPY requirements.txt .
RUN /opt/venv/bin/python -m pip install -r requirements.txt
COPY . .
RUN PYTHONPATH=/opt/tools /opt/venv/bin/python -m host.assets /opt/valley/assets && \
    /opt/venv/bin/python -m host.kernels /opt/valley/kernels && \
    /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /app /opt/venv/lib

FROM python:3.13-slim
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/valley /opt/valley
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OPENBLAS_NUM_THREADS=1 \
    NUMBA_NUM_THREADS=1 \
    VALLEY_KERNELS=/opt/valley/kernels \
    VALLEY_ASSETS=/opt/valley/assets \
    STREAMLIT_SERVER_HEADLESS=true \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501 \
    STREAMLIT_SERVER_FILE_WATCHER_TYPE=none \
    STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE=true
WORKDIR /app
USER 10001:10001
EXPOSE 8501
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/readyz', timeout=4)"]
CMD ["python", "-m", "streamlit", "run", "server.py"]
